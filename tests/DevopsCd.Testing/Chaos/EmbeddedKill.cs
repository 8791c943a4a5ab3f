using DevopsCd.Testing.Hosting;

namespace DevopsCd.Testing.Chaos;

/// <summary><c>kill -9</c> of the embedded mode, whose messages are in memory only, several times while work is under way.</summary>
internal sealed class EmbeddedKill : ServerTrouble
{
    private const int Kills = 5;

    private static readonly TimeSpan s_between = TimeSpan.FromSeconds(2);

    public override HostSettings Settings { get; } = HostSettings.Embedded();

    public override int Times => Kills;

    public override async Task BeginAsync(HostProcess host)
    {
        for (var i = 0; i < Kills; i++)
        {
            await host.Kill9Async().ConfigureAwait(false);
            await host.StartAsync().ConfigureAwait(false);
            await Pause.For(s_between).ConfigureAwait(false);
        }
    }

    public override Task EndAsync() => Task.CompletedTask;

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
