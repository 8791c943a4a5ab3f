using System.Diagnostics;
using System.Net;
using DevopsCd.Testing.Hosting;
using Npgsql;

namespace DevopsCd.Testing.Chaos;

/// <summary>Hundreds of commands in one instant on two hosts whose database has no more than PostgreSQL's default of connections.</summary>
public sealed class ConnectionsRun
{
    private const int Hosts = 2, OfTheServer = 100, ReservedForSuperusers = 3;

    private readonly IReadOnlyList<CdApi> _hosts;
    private readonly CdApi _patient;
    private readonly PostgresDatabase _database;
    private readonly string _user;

    private ConnectionsRun(IReadOnlyList<CdApi> hosts, CdApi patient, PostgresDatabase database, string user)
    {
        this._hosts = hosts;
        this._patient = patient;
        this._database = database;
        this._user = user;
    }

    /// <param name="commands">Commands, and after them builds, at once.</param>
    /// <param name="ownServer">A server of its own with its defaults; otherwise the shared one, with a user who may have as many connections.</param>
    /// <param name="say">Told what happens.</param>
    public static async Task<ConnectionsReport> RunAsync(int commands, bool ownServer, Action<string> say)
    {
        await using var server = ownServer ? await PostgresServer.StartAsync($"max_connections={OfTheServer}").ConfigureAwait(false) : null;
        await using var database = await PostgresDatabase.CreateAsync(server: server).ConfigureAwait(false);
        await using var broker = await RabbitVirtualHost.CreateAsync().ConfigureAwait(false);
        var user = $"u_{Guid.NewGuid():N}";
        await database.ExecuteAsync($"create role {user} login password '{user}' connection limit {(ownServer ? -1 : OfTheServer - ReservedForSuperusers)}")
            .ConfigureAwait(false);
        try
        {
            await database.ExecuteAsync($"alter database {database.Name} owner to {user}; alter schema public owner to {user}").ConfigureAwait(false);
            var connection = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = user, Password = user }.ConnectionString;
            var settings = HostSettings.On(connection, broker.Uri)
                .With("core__deploy__driver", "simulated").With("core__notification__provider", "log");
            await using var first = await HostProcess.StartNewAsync("connections-1", settings).ConfigureAwait(false);
            await using var second = await HostProcess.StartNewAsync("connections-2", settings).ConfigureAwait(false);
            say($"{commands} commands and builds at once, {Hosts} hosts, {OfTheServer} connections");
            var run = new ConnectionsRun([new CdApi(first.Http, "chaos"), new CdApi(second.Http, "chaos")], CdApi.Patient(first.Http, "chaos"), database, user);
            return await run.Run(commands, say).ConfigureAwait(false);
        }
        finally
        {
            await database.ExecuteAsync($"reassign owned by {user} to current_user; drop owned by {user}").ConfigureAwait(false);
            await database.DropAsync().ConfigureAwait(false);
            await using var other = await PostgresDatabase.CreateAsync(server: server).ConfigureAwait(false);
            await other.ExecuteAsync($"drop role {user}").ConfigureAwait(false);
        }
    }

    private async Task<ConnectionsReport> Run(int commands, Action<string> say)
    {
        await _patient.Register("busy").ConfigureAwait(false);
        for (var i = 0; i < commands; i++)
            (await _patient.AddApplication($"busy-{i}").ConfigureAwait(false)).Expect();

        var batch = (await _patient.CreateBatch("Busy", "C-1", ["busy"]).ConfigureAwait(false)).Expect().Id;

        using var done = new CancellationTokenSource();
        var watching = MostConnections(done.Token);
        var (answers, slowest) = await AtOnce(commands, (api, _) => api.Raise(batch, "approve")).ConfigureAwait(false);
        say($"commands: {Counts(answers)}, slowest {slowest} s");
        var (taken, slowestBuild) = await AtOnce(commands, (api, i) => api.AddBuild($"busy-{i}", 1)).ConfigureAwait(false);
        say($"builds: {Counts(taken)}, slowest {slowestBuild} s");
        await done.CancelAsync().ConfigureAwait(false);

        return new()
        {
            Hosts = Hosts,
            Commands = commands,
            Accepted = Count(answers, HttpStatusCode.OK),
            Refused = Count(answers, HttpStatusCode.Conflict),
            NotAdmitted = Count(answers, HttpStatusCode.ServiceUnavailable) - Unknown(answers),
            NoResult = Unknown(answers),
            SlowestCommandSeconds = slowest,
            Builds = commands,
            BuildsTaken = taken.Count(answer => answer.IsSuccess),
            SlowestBuildSeconds = slowestBuild,
            MostConnections = await watching.ConfigureAwait(false),
            Violations = [.. await Violations(batch, answers, taken).ConfigureAwait(false)],
        };
    }

    private async Task<(IReadOnlyList<CdAnswer> Answers, double Slowest)> AtOnce(int count, Func<CdApi, int, Task<CdAnswer>> ask)
    {
        var slowest = 0.0;
        var answers = await Task.WhenAll(Enumerable.Range(0, count).Select(async i =>
        {
            var started = Stopwatch.GetTimestamp();
            var answer = await ask(_hosts[i % Hosts], i).ConfigureAwait(false);
            var took = Stopwatch.GetElapsedTime(started).TotalSeconds;
            lock (_hosts) slowest = Math.Max(slowest, took);
            return answer;
        })).ConfigureAwait(false);
        return (answers, Math.Round(slowest, 2));
    }

    /// <summary>
    /// What is in the database was said to who asked for it, and what was turned away is not there. Between them are those who were told that nobody
    /// knows: a commit under way is not interrupted when the time for an answer is over.
    /// </summary>
    private async Task<List<string>> Violations(long batch, IReadOnlyList<CdAnswer> answers, IReadOnlyList<CdAnswer> builds)
    {
        var found = new List<string>();
        var decided = await _database.QueryAsync(
            "select outcome, count(*)::int from batch_events where batch_id = $1 and event = 'approve' group by outcome",
                row => (row.GetString(0), row.GetInt32(1)), batch).ConfigureAwait(false);
        foreach (var (outcome, status) in new[] { ("accepted", HttpStatusCode.OK), ("refused", HttpStatusCode.Conflict) })
        {
            var stored = decided.Where(row => row.Item1 == outcome).Sum(row => row.Item2);
            if (stored < Count(answers, status)) found.Add($"{stored} commands were {outcome} and {Count(answers, status)} were told so");
        }

        var unheard = decided.Sum(row => row.Item2) - Count(answers, HttpStatusCode.OK) - Count(answers, HttpStatusCode.Conflict);
        if (unheard > Unknown(answers)) found.Add($"{unheard} commands were decided and not told, but only {Unknown(answers)} were told that nobody knows");
        if (Count(answers, HttpStatusCode.OK) != 1) found.Add($"{Count(answers, HttpStatusCode.OK)} commands won");
        var stores = await _database.ScalarAsync<long>("select count(*) from builds").ConfigureAwait(false) - 1;
        var told = builds.Count(answer => answer.IsSuccess);
        if (stores < told || stores - told > Unknown(builds)) found.Add($"{stores} builds were stored and {told} were told so");
        foreach (var answer in answers.Concat(builds)
            .Where(answer => !answer.IsSuccess && answer.Status is not (HttpStatusCode.Conflict or HttpStatusCode.ServiceUnavailable)).Take(3))
            found.Add($"answered {answer.Text}");
        return found;
    }

    private async Task<int> MostConnections(CancellationToken done)
    {
        var most = 0L;
        while (!done.IsCancellationRequested)
        {
            most = Math.Max(most, await _database.ScalarAsync<long>("select count(*) from pg_stat_activity where usename = $1", _user).ConfigureAwait(false));
            await Pause.For(TimeSpan.FromMilliseconds(50), CancellationToken.None).ConfigureAwait(false);
        }

        return (int)most;
    }

    private static int Unknown(IReadOnlyList<CdAnswer> answers) =>
        answers.Count(answer => answer.Status is null
            || (answer.Status == HttpStatusCode.ServiceUnavailable && !answer.Text.Contains("was not started", StringComparison.Ordinal)));

    private static int Count(IReadOnlyList<CdAnswer> answers, HttpStatusCode status) => answers.Count(answer => answer.Status == status);

    private static string Counts(IReadOnlyList<CdAnswer> answers) =>
        string.Join(", ", answers.GroupBy(answer => answer.Status).Select(group => $"{(int?)group.Key ?? 0}: {group.Count()}"));
}
