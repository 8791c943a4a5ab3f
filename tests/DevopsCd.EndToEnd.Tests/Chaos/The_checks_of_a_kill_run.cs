using DevopsCd.Testing;
using DevopsCd.Testing.Chaos;
using DevopsCd.Testing.Fakes;

namespace DevopsCd.EndToEnd.Tests.Chaos;

/// <summary>A check that finds nothing is worth something only if it would find what is broken: I3, I8, I13 and R11.</summary>
public sealed class The_checks_of_a_kill_run : IAsyncLifetime
{
    private static readonly TimeSpan s_soon = TimeSpan.FromMilliseconds(100);

    private PostgresDatabase _database = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await PostgresDatabase.CreateAsync();
        await _database.ExecuteAsync(
            """
            create table batch_events (batch_id bigint, event text, outcome text, version int, message_id uuid);
            create table deployments (operation_id text, batch_id bigint, stage text, attempt int, application text, status text, tries int);
            create table notifications (notice_key text, channel text, status text, tries int, carried_by bigint);
            create table parked_messages (message_id uuid, reason text);
            create table builds (application_name text, build_number text);
            insert into batch_events values (1, 'approve', 'accepted', 1, null);
            insert into deployments values ('op-1', 1, 'pre', 1, 'api', 'failed', 3);
            insert into notifications values ('batch/1/v1/approve', 'lark', 'sent', 1, null), ('batch/1/Pre/1/api/', 'lark', 'superseded', 1, 7);
            """);
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Are_content_with_notices_that_are_all_told()
    {
        await using var lark = await FakeLark.StartAsync();

        (await new NoticeCheck(_database, "lark").CheckAsync()).ShouldBeEmpty();
        // The bot has seen nothing of what a row says is sent.
        (await new NoticeCheck(_database, "lark").CheckToldAsync(lark, s_soon)).ShouldBe(["R11 1 messages are marked as sent, 0 arrived"]);
    }

    [Theory]
    [InlineData("delete from notifications where notice_key like '%approve'", "R11 no notice batch/1/v1/approve on the channel")]
    [InlineData("delete from notifications where notice_key like '%api/'", "R11 no notice batch/1/Pre/1/api/ on the channel")]
    [InlineData("insert into notifications select * from notifications where notice_key like '%approve'", "R11 notice batch/1/v1/approve has 2 rows on the channel")]
    public async Task Find_a_notice_that_is_lost_or_there_twice(string damage, string violation)
    {
        await _database.ExecuteAsync(damage);

        (await new NoticeCheck(_database, "lark").CheckAsync()).ShouldBe([violation]);
    }

    [Theory]
    [InlineData("pending")]
    [InlineData("failed")]
    public async Task Find_a_notice_that_is_not_told(string status)
    {
        await using var lark = await FakeLark.StartAsync();
        await _database.ExecuteAsync("update notifications set status = $1 where notice_key like '%approve'", status);

        (await new NoticeCheck(_database, "lark").CheckToldAsync(lark, s_soon)).ShouldBe([$"R11 notice batch/1/v1/approve is {status} after 1 tries"]);
    }

    [Fact]
    public async Task Find_tries_beyond_the_budget_and_waits_that_were_cut_short()
    {
        var check = new RetryCheck(_database, retryCount: 2);

        (await check.CheckAsync(At(0, 1, 3))).ShouldBeEmpty();
        (await check.CheckAsync(At(0, 1, 2))).ShouldBe(["I8 op-1: call 3 came 1.0 s after the one before, 2 s are to be waited"]);
        (await check.CheckAsync(At(0, 1, 3, 7))).ShouldBe(["I8 op-1: 4 calls, 3 allowed", "I8 op-1: 4 calls, its row counts 3"]);

        static IEnumerable<DeployCall> At(params double[] seconds) =>
            seconds.Select(second => new DeployCall(DateTimeOffset.UnixEpoch.AddSeconds(second), "submit", "op-1", 503));
    }

    [Fact]
    public async Task Find_messages_without_an_outcome_or_with_two()
    {
        await using var broker = await RabbitVirtualHost.CreateAsync();
        foreach (var contract in (string[])["ApproveBatch", "BuildCompleted", "StartProdDeploy"])
            await broker.TapAsync($"DevopsCd.Contracts:{contract}");
        var messages = new SentMessages(broker, _database);
        await messages.Command("ApproveBatch", Guid.NewGuid(), "ann");
        await messages.Build("api", 2);
        await messages.Poison("StartProdDeploy", Guid.NewGuid());

        var lost = await messages.CheckAsync(s_soon);
        lost.Select(violation => violation.Split(": ")[1]).ShouldBe(Enumerable.Repeat("0 decided, 0 built, 0 parked", 3));
        var ids = lost.Select(violation => Guid.Parse(violation.Split(' ')[2])).ToArray();
        await _database.ExecuteAsync("insert into batch_events values (1, 'approve', 'refused', 1, $1)", ids[0]);
        await _database.ExecuteAsync("insert into builds values ('api', '2')");
        await _database.ExecuteAsync("insert into parked_messages values ($1, 'operator: is missing')", ids[2]);
        (await messages.CheckAsync(s_soon)).ShouldBeEmpty();

        await _database.ExecuteAsync("insert into parked_messages values ($1, '')", ids[0]);
        (await messages.CheckAsync(s_soon)).ShouldBe(
            [$"I3 ApproveBatch {ids[0]} must be Decided once: 1 decided, 0 built, 1 parked", $"I3 ApproveBatch {ids[0]} is parked without a reason"]);
    }

    [Fact]
    public async Task Find_a_secret_in_a_text_in_a_row_and_in_the_bytes_of_a_body()
    {
        await _database.ExecuteAsync("create table bodies (body bytea)");
        var search = new SecretSearch(_database, new Dictionary<string, string> { ["the key"] = "s3cr3t-canary" });
        (await search.CheckAsync([("the log", "nothing here")])).ShouldBeEmpty();

        await _database.ExecuteAsync("insert into parked_messages values (null, 'refused: s3cr3t-canary')");
        await _database.ExecuteAsync("insert into bodies values (convert_to('{\"key\":\"s3cr3t-canary\"}', 'UTF8'))");

        (await search.CheckAsync([("the log", "key=s3cr3t-canary")])).ShouldBe(
            ["I13 the key stands in the log", "I13 the key stands in 1 rows of bodies", "I13 the key stands in 1 rows of parked_messages"], ignoreOrder: true);
    }
}
