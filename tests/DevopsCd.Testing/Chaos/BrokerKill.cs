using DevopsCd.Testing.Hosting;

namespace DevopsCd.Testing.Chaos;

/// <summary>RabbitMQ's node is killed (<c>kill -9</c>) and starts again on its disk, several times; the last time it stays away until the trouble is over.</summary>
internal sealed class BrokerKill(RabbitServer server, PostgresDatabase database) : ServerTrouble
{
    private const int Restarts = 2;

    public override HostSettings Settings { get; } = HostSettings.On(database.ConnectionString, server.Uri);

    public override PostgresDatabase Database => database;

    public override string Said => """{"name":"broker","status":"degraded""";

    public override bool SparesPeople => true;

    public override int Times => Restarts + 1;

    public static async Task<ServerTrouble> CreateAsync() =>
        new BrokerKill(await RabbitServer.StartAsync().ConfigureAwait(false), await PostgresDatabase.CreateAsync().ConfigureAwait(false));

    public override Task<long> WaitingAsync() => database.ScalarAsync<long>("select count(*) from outbox_message");

    public override async Task BeginAsync(HostProcess host)
    {
        for (var i = 0; i < Restarts; i++)
        {
            await server.KillAsync().ConfigureAwait(false);
            await server.StartAgainAsync().ConfigureAwait(false);
        }

        await server.KillAsync().ConfigureAwait(false);
    }

    public override Task EndAsync() => server.StartAgainAsync();

    public override async ValueTask DisposeAsync()
    {
        await database.DisposeAsync().ConfigureAwait(false);
        await server.DisposeAsync().ConfigureAwait(false);
    }
}
