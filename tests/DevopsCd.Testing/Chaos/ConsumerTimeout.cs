using System.Diagnostics;
using DevopsCd.Testing.Hosting;

namespace DevopsCd.Testing.Chaos;

/// <summary>
/// The broker closes the host's channels, because deliveries were not acknowledged in time: the host stands still (SIGSTOP) for longer than the
/// broker's patience with them and for less than its heartbeats, while messages come for it.
/// </summary>
internal sealed class ConsumerTimeout(RabbitServer server, PostgresDatabase database) : ServerTrouble
{
    private const int Freezes = 3, MessagesEach = 20;

    private static readonly TimeSpan s_frozen = TimeSpan.FromSeconds(8), s_between = TimeSpan.FromSeconds(5);

    private int _sent;

    public override HostSettings Settings { get; } = HostSettings.On(database.ConnectionString, server.Uri);

    public override PostgresDatabase Database => database;

    public override int Times => Freezes;

    public static async Task<ServerTrouble> CreateAsync() => new ConsumerTimeout(
        await RabbitServer.StartAsync("{consumer_timeout, 3000}", "{channel_tick_interval, 1000}").ConfigureAwait(false),
        await PostgresDatabase.CreateAsync().ConfigureAwait(false));

    public override async Task BeginAsync(HostProcess host)
    {
        for (var i = 0; i < Freezes; i++)
        {
            host.Freeze();
            var began = Stopwatch.GetTimestamp();
            try
            {
                for (var message = 0; message < MessagesEach; message++)
                    await server.PublishAsync("DevopsCd.Contracts:BuildCompleted", CdApi.Build($"waiting-{++_sent}", 1)).ConfigureAwait(false);
                await Pause.For(s_frozen - Stopwatch.GetElapsedTime(began)).ConfigureAwait(false);
            }
            finally
            {
                host.Thaw();
            }

            await Pause.For(s_between).ConfigureAwait(false);
        }
    }

    public override Task EndAsync() => Task.CompletedTask;

    public override async Task<IReadOnlyList<string>> CheckAsync()
    {
        var closed = await server.SaidAsync("timed out waiting for").ConfigureAwait(false);
        var built = await Eventually.Sees(() => database.ScalarAsync<long>("select count(*) from builds where application_name like 'waiting-%'"),
            there => there == _sent, "every build is taken", TimeSpan.FromMinutes(1)).ConfigureAwait(false);
        return closed > 0 && built == _sent ? [] : [$"F5 {closed} channels were closed by the broker, and {built} of {_sent} builds were taken"];
    }

    public override async ValueTask DisposeAsync()
    {
        await database.DisposeAsync().ConfigureAwait(false);
        await server.DisposeAsync().ConfigureAwait(false);
    }
}
