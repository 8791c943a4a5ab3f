using DevopsCd.Testing.Hosting;

namespace DevopsCd.Testing.Chaos;

/// <summary>Somebody cancels whatever the host has PostgreSQL do, and now and then ends a session: an administrator, or a guard of long statements.</summary>
internal sealed class StatementCancels(PostgresDatabase database, RabbitVirtualHost broker) : ServerTrouble
{
    private static readonly TimeSpan s_lasts = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan s_between = TimeSpan.FromMilliseconds(20);

    private int _times;

    public override HostSettings Settings { get; } = HostSettings.On(database.ConnectionString, broker.Uri);

    public override PostgresDatabase Database => database;

    public override int Times => _times;

    public static async Task<ServerTrouble> CreateAsync() => new StatementCancels(
        await PostgresDatabase.CreateAsync().ConfigureAwait(false), await RabbitVirtualHost.CreateAsync().ConfigureAwait(false));

    public override async Task BeginAsync(HostProcess host)
    {
        // Found first: in one condition PostgreSQL may cancel before it looks whose a session is.
        const string theirs = "with theirs as materialized (select pid from pg_stat_activity where datname = $1 and application_name = 'devopscd'";
        const string cancels = $"{theirs} and state = 'active') select count(*) from theirs where pg_cancel_backend(pid)";
        const string ends = $"{theirs} order by random() limit 1) select count(*) from theirs where pg_terminate_backend(pid)";
        var began = System.Diagnostics.Stopwatch.GetTimestamp();
        for (var i = 0; System.Diagnostics.Stopwatch.GetElapsedTime(began) < s_lasts; i++)
        {
            _times += (int)await database.ScalarAsync<long>(i % 20 == 19 ? ends : cancels, database.Name).ConfigureAwait(false);
            await Pause.For(s_between).ConfigureAwait(false);
        }
    }

    public override Task EndAsync() => Task.CompletedTask;

    public override async ValueTask DisposeAsync()
    {
        await broker.DisposeAsync().ConfigureAwait(false);
        await database.DisposeAsync().ConfigureAwait(false);
    }
}
