using DevopsCd.Testing.Hosting;

namespace DevopsCd.Testing.Chaos;

/// <summary>RabbitMQ ends and starts again on its disk, several times; the last time it stays away until the trouble is over.</summary>
/// <param name="server">The broker.</param>
/// <param name="database">The host's database.</param>
/// <param name="leave">How it ends.</param>
/// <param name="comeBack">How it starts.</param>
internal sealed class BrokerRestart(
    RabbitServer server, PostgresDatabase database, Func<RabbitServer, Task> leave, Func<RabbitServer, Task> comeBack) : ServerTrouble
{
    private const int Restarts = 2;

    public override HostSettings Settings { get; } = HostSettings.On(database.ConnectionString, server.Uri);

    public override PostgresDatabase Database => database;

    public override string Said => """{"name":"broker","status":"degraded""";

    public override bool SparesPeople => true;

    public override int Times => Restarts + 1;

    public static async Task<ServerTrouble> CreateAsync(Func<RabbitServer, Task> leave, Func<RabbitServer, Task> comeBack) => new BrokerRestart(
        await RabbitServer.StartAsync().ConfigureAwait(false), await PostgresDatabase.CreateAsync().ConfigureAwait(false), leave, comeBack);

    public override Task<long> WaitingAsync() => database.ScalarAsync<long>("select count(*) from outbox_message");

    public override async Task BeginAsync(HostProcess host)
    {
        for (var i = 0; i < Restarts; i++)
        {
            await leave(server).ConfigureAwait(false);
            await comeBack(server).ConfigureAwait(false);
        }

        await leave(server).ConfigureAwait(false);
    }

    public override Task EndAsync() => comeBack(server);

    public override async ValueTask DisposeAsync()
    {
        await database.DisposeAsync().ConfigureAwait(false);
        await server.DisposeAsync().ConfigureAwait(false);
    }
}
