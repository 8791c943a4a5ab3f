using DevopsCd.Testing;
using DevopsCd.Testing.Chaos;
using Npgsql;

namespace DevopsCd.EndToEnd.Tests.Chaos;

/// <summary>A checker that finds nothing is worth something only if it would find what is broken.</summary>
public sealed class The_invariant_checker : IAsyncLifetime
{
    private PostgresDatabase _database = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await PostgresDatabase.CreateAsync();
        await _database.ExecuteAsync(
            """
            create table batches (id bigint, status smallint, version int);
            create table batch_events (id bigserial, batch_id bigint, event text, outcome text, from_state text, to_state text, source text default 'http', version int, at timestamptz default now());
            create table deployments (operation_id text, batch_id bigint, started_at timestamptz, finished_at timestamptz, may_run boolean default false, settled_at timestamptz);
            create table outbox_message (id bigint);
            insert into batches values (1, 5, 1);
            insert into batch_events (batch_id, event, outcome, from_state, to_state, version) values (1, 'approve', 'accepted', 'PendingApproval', 'Approved', 1);
            """);
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Is_content_with_a_legal_path() => (await Violations()).ShouldBeEmpty();

    [Theory]
    [InlineData("I1", "update batches set status = 11")]
    [InlineData("R12", "update batches set version = 2")]
    [InlineData("I1", "update batch_events set to_state = 'Sealed'; update batches set status = 11")]
    [InlineData("I1", "update batch_events set version = 2; update batches set version = 2")]
    [InlineData("I1", "insert into batch_events (batch_id, event, outcome, from_state, to_state, version) values (1, 'approve', 'accepted', 'PendingApproval', 'Approved', 2); update batches set version = 2")]
    [InlineData("I9", "insert into batch_events (batch_id, event, outcome, from_state, to_state, version) values (1, 'cancel', 'accepted', 'Approved', 'Cancelled', 2), (1, 'approve', 'accepted', 'Cancelled', 'Approved', 3); update batches set version = 3")]
    [InlineData("I7", "insert into deployments select n, 1, now(), null from generate_series(1, 3) n")]
    [InlineData("I7", "insert into deployments select n, 1, now() + n * interval '1 s', now() + (n + 1) * interval '1 s', true from generate_series(1, 3) n")]
    [InlineData("I7", "insert into deployments select n, 1, now() + n * interval '1 s', now() + (n + 1) * interval '1 s', false, now() + interval '9 s' from generate_series(1, 3) n")]
    public async Task Finds_what_is_broken(string invariant, string damage)
    {
        await _database.ExecuteAsync(damage);

        (await Violations()).ShouldContain(violation => violation.StartsWith(invariant, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Finds_what_is_left_at_rest()
    {
        await using var open = await _database.OpenAsync();
        await using var begin = new NpgsqlCommand("begin", open);
        await begin.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        await _database.ExecuteAsync("insert into outbox_message values (1); insert into deployments values ('op', 1, now(), now(), true)");

        var left = await new InvariantChecker(_database).CheckAtRestAsync(TimeSpan.FromMilliseconds(100));

        left.ShouldContain("I12 1 rows in outbox_message");
        left.ShouldContain("I12 1 open transactions");
        left.ShouldContain("I12 1 operations may still run");
    }

    private Task<IReadOnlyList<string>> Violations() => new InvariantChecker(_database, concurrentApps: 2).CheckAsync();
}
