using DevopsCd.Testing;
using MassTransit.QuartzIntegration;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Quartz;

namespace DevopsCd.Messaging.Tests.Scheduling;

public sealed class Starts_on_an_empty_store : IAsyncLifetime
{
    private const string WhoHasTheTurn =
        "FROM pg_stat_activity JOIN pg_locks USING (pid) WHERE locktype = 'advisory' AND granted AND datname = current_database()";

    private PostgresDatabase _database = null!;
    private RabbitVirtualHost _rabbit = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await PostgresDatabase.CreateAsync();
        _rabbit = await RabbitVirtualHost.CreateAsync();
        await using (await Node("the one that creates the tables"))
        {
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _rabbit.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Take_turns_and_the_second_finds_what_the_first_has_written()
    {
        await using var first = new NpgsqlConnection(_database.ConnectionString);
        await first.OpenAsync(TestContext.Current.CancellationToken);
        await Run(first, "CREATE TABLE written AS SELECT * FROM qrtz_job_details; DELETE FROM qrtz_job_details");
        await Run(first, $"BEGIN; {ScheduleStart.TakeTurn}; INSERT INTO qrtz_job_details SELECT * FROM written");

        var starting = Node("the second");
        await Eventually.Sees(
            () => _database.ScalarAsync<long>("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"),
            count => count == 1, "the start that waits for the other");
        await Run(first, "COMMIT");
        await using var second = await starting;

        (await _database.ScalarAsync<long>("SELECT count(*) FROM qrtz_job_details")).ShouldBe(1);
    }

    [Fact]
    public async Task Go_on_when_the_server_has_ended_the_session_of_their_turn()
    {
        var options = new QuartzMessageSchedulerOptions().UsePostgres(_database.ConnectionString);
        var isEnded = false;
        var schedulers = new SlowSchedulers(async () => isEnded = (await _database.QueryAsync<bool>(
                $"SELECT pg_terminate_backend(pid, 60000) {WhoHasTheTurn}")).Single());

        await new ScheduleStart(schedulers, options, TimeProvider.System).StartAsync(TestContext.Current.CancellationToken);

        isEnded.ShouldBeTrue();
    }

    [Fact]
    public async Task Give_signs_of_life_for_as_long_as_their_turn_takes()
    {
        var options = new QuartzMessageSchedulerOptions().UsePostgres(_database.ConnectionString);
        var clock = new FakeTimeProvider();
        var seen = new HashSet<string>();
        var schedulers = new SlowSchedulers(() => Eventually.IsTrue(
            async () =>
            {
                seen.Add(await _database.ScalarAsync<string>($"SELECT query_start::text {WhoHasTheTurn}"));
                clock.Advance(TimeSpan.FromSeconds(2));
                return seen.Count > 3;
            },
            "several signs are given"));

        await new ScheduleStart(schedulers, options, clock).StartAsync(TestContext.Current.CancellationToken);
    }

    private Task<SchedulerHost> Node(string id) => SchedulerHost.OnServers(_database.ConnectionString, _rabbit.Uri, options => options.InstanceId = id);

    private static async Task Run(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>A scheduler that takes its time to come into being.</summary>
    private sealed class SlowSchedulers(Func<Task> meanwhile) : ISchedulerFactory
    {
        public async ValueTask<IScheduler> GetScheduler(CancellationToken cancellationToken = default)
        {
            await meanwhile();
            return null!;
        }

        public ValueTask<IScheduler?> LookupScheduler(string schedulerName, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public ValueTask<List<IScheduler>> GetAllSchedulers(CancellationToken cancellationToken = default) => throw new NotSupportedException();
    }
}
