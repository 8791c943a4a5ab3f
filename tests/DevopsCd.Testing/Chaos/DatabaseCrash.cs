using DevopsCd.Testing.Hosting;

namespace DevopsCd.Testing.Chaos;

/// <summary>PostgreSQL ends as in a crash and recovers at once, several times; the last time it stays away until the trouble is over.</summary>
internal sealed class DatabaseCrash(PostgresServer server, PostgresDatabase database, RabbitVirtualHost broker) : ServerTrouble
{
    private const int Recoveries = 3;

    private static readonly TimeSpan s_between = TimeSpan.FromSeconds(2);

    public override HostSettings Settings { get; } = HostSettings.On(database.ConnectionString, broker.Uri);

    public override PostgresDatabase Database => database;

    public override string Said => "Commands cannot be decided";

    public override int Times => Recoveries + 1;

    public static async Task<ServerTrouble> CreateAsync()
    {
        var server = await PostgresServer.StartAsync().ConfigureAwait(false);
        var database = await PostgresDatabase.CreateAsync(server: server).ConfigureAwait(false);
        return new DatabaseCrash(server, database, await RabbitVirtualHost.CreateAsync().ConfigureAwait(false));
    }

    public override async Task BeginAsync(HostProcess host)
    {
        for (var i = 0; i < Recoveries; i++)
        {
            await server.CrashAsync().ConfigureAwait(false);
            await server.StartAgainAsync().ConfigureAwait(false);
            await Pause.For(s_between).ConfigureAwait(false);
        }

        await server.CrashAsync().ConfigureAwait(false);
    }

    public override Task EndAsync() => server.StartAgainAsync();

    public override async ValueTask DisposeAsync()
    {
        await broker.DisposeAsync().ConfigureAwait(false);
        await server.DisposeAsync().ConfigureAwait(false);
    }
}
