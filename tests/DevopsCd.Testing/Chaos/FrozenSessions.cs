using DevopsCd.Testing.Hosting;

namespace DevopsCd.Testing.Chaos;

/// <summary>
/// Every session that the host has with PostgreSQL stands still wherever it is (SIGSTOP), with the locks it holds, for longer than the host's
/// leases. New ones are taken. In the end the old ones go on with what had been sent to them, a commit among it, although nobody waits for it.
/// </summary>
internal sealed class FrozenSessions(PostgresServer server, PostgresDatabase database, RabbitVirtualHost broker) : ServerTrouble
{
    private static readonly TimeSpan s_longerThanLeases = TimeSpan.FromSeconds(25);

    private string[] _frozen = [];

    public override HostSettings Settings { get; } = HostSettings.On(database.ConnectionString, broker.Uri);

    public override PostgresDatabase Database => database;

    public override int Times => _frozen.Length;

    public static async Task<ServerTrouble> CreateAsync()
    {
        var server = await PostgresServer.StartAsync().ConfigureAwait(false);
        var database = await PostgresDatabase.CreateAsync(server: server).ConfigureAwait(false);
        return new FrozenSessions(server, database, await RabbitVirtualHost.CreateAsync().ConfigureAwait(false));
    }

    public override async Task BeginAsync(HostProcess host)
    {
        const string sessions = "select pid::text from pg_stat_activity where datname = $1 and application_name = 'devopscd'";
        _frozen = [.. await database.QueryAsync<string>(sessions, database.Name).ConfigureAwait(false)];
        await ServerProgram.RunAsync("kill", ["-STOP", .. _frozen]).ConfigureAwait(false);
        await Pause.For(s_longerThanLeases).ConfigureAwait(false);
    }

    public override Task EndAsync() => ServerProgram.RunAsync("kill", ["-CONT", .. _frozen]);

    public override async ValueTask DisposeAsync()
    {
        await broker.DisposeAsync().ConfigureAwait(false);
        await server.DisposeAsync().ConfigureAwait(false);
    }
}
