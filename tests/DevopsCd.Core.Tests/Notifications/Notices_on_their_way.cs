using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using DevopsCd.Core.Access;
using DevopsCd.Core.Data;
using DevopsCd.Core.Notifications;
using DevopsCd.Core.Notifications.Channels;
using DevopsCd.Core.Notifications.Composing;
using DevopsCd.Core.Notifications.Delivery;
using DevopsCd.Core.Tests.Engines;
using DevopsCd.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace DevopsCd.Core.Tests.Notifications;

public sealed class Notices_on_their_way
{
    private const string Ok = """{"code":0}""";

    public static readonly TheoryData<string> Databases = ["postgres", "sqlite"];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases))]
    public async Task Commit_with_what_they_tell_and_vanish_with_it(string database)
    {
        await using var board = await NoticeBoard.CreateAsync(database, ("provider", "log"));
        var host = board.Host();

        foreach (var commits in new[] { false, true })
        {
            using var scope = host.CreateScope();
            var db = scope.ServiceProvider.GetRequiredService<CdDbContext>();
            await using var transaction = await db.Database.BeginTransactionAsync(Stop);
            await scope.ServiceProvider.GetRequiredService<Notices>().AddAsync(Sample.Approved(), Stop);
            await db.SaveChangesAsync(Stop);
            if (commits)
                await transaction.CommitAsync(Stop);
        }

        (await board.Rows()).Count.ShouldBe(1);
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Wake_the_sender_when_they_are_committed_and_not_before(string database)
    {
        await using var board = await NoticeBoard.CreateAsync(database, ("provider", "log"));
        var host = board.Host();
        var signal = host.GetRequiredService<WakeSignal<Notification>>();
        using var scope = host.CreateScope();
        var db = scope.ServiceProvider.GetRequiredService<CdDbContext>();
        var woken = signal.Next;
        await using var transaction = await db.Database.BeginTransactionAsync(Stop);
        await scope.ServiceProvider.GetRequiredService<Notices>().AddAsync(Sample.Approved(), Stop);

        await db.SaveChangesAsync(Stop);
        woken.IsCompleted.ShouldBeFalse();
        await transaction.CommitAsync(Stop);
        woken.IsCompleted.ShouldBeTrue();

        woken = signal.Next;
        await board.Tell(host, Sample.Sealed());
        woken.IsCompleted.ShouldBeTrue();
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Are_written_once_and_fail_nothing_when_they_are_told_again(string database)
    {
        await using var board = await NoticeBoard.CreateAsync(database, ("provider", "log"));
        var host = board.Host();
        await board.Tell(host, Sample.AppFailed(1));

        using (var scope = host.CreateScope())
        {
            var notices = scope.ServiceProvider.GetRequiredService<Notices>();
            await notices.AddAsync(Sample.AppFailed(1), Stop);
            await notices.AddAsync(Sample.AppFailed(2), Stop);
            await notices.AddAsync(Sample.AppFailed(2), Stop);
            await scope.ServiceProvider.GetRequiredService<CdDbContext>().SaveChangesAsync(Stop);
        }

        (await board.Rows()).Select(n => n.NoticeKey).ShouldBe([Sample.AppFailed(1).Key, Sample.AppFailed(2).Key]);
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Reach_every_channel_once(string database)
    {
        await using var chat = await FakeService.StartAsync();
        await using var hook = await FakeService.StartAsync();
        chat.Answer = _ => new FakeReply(200, Ok);
        await using var board = await NoticeBoard.CreateAsync(database,
            [.. NoticeBoard.Channel(0, "chat", "lark", chat.Address), .. NoticeBoard.Channel(1, "hook", "webhook", hook.Address), ("provider", "log")]);
        var host = board.Host();

        await board.Tell(host, Sample.Failed());
        await board.Drain(host);
        await board.Drain(host);

        (chat.Requests.Count, hook.Requests.Count).ShouldBe((1, 1));
        (await board.Rows()).ShouldAllBe(n => n.Status == NotificationStatus.Sent && n.SentAt != null);
    }

    [Fact]
    public async Task Are_sent_once_by_two_hosts_that_keep_one_limit_together()
    {
        await using var chat = await FakeService.StartAsync();
        await using var board = await NoticeBoard.CreateAsync("postgres", [.. NoticeBoard.Channel(0, "chat", "lark", chat.Address)]);
        var limit = new TrueLimit(board.Clock, Ok, """{"code":11232}""", (5, TimeSpan.FromSeconds(1)), (100, TimeSpan.FromMinutes(1)));
        chat.Answer = limit.Answer;
        var (one, two) = (board.Host(), board.Host());
        await board.Tell(one, Enumerable.Range(1, 150).Select(id => Sample.Failed(id)).ToArray());

        await board.Drain(one, two);

        limit.Refused.ShouldBe(0);
        chat.Requests.Count.ShouldBe(150);
        chat.Requests.Select(r => r.Json.GetProperty("card").GetProperty("header").GetProperty("title").GetProperty("content").GetString()).Distinct().Count()
            .ShouldBe(150);
        (await board.Rows()).ShouldAllBe(n => n.Status == NotificationStatus.Sent && n.Tries == 1);
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Count_from_when_they_were_answered_where_that_took_long(string database)
    {
        await using var chat = await FakeService.StartAsync();
        await using var board = await NoticeBoard.CreateAsync(database, [.. NoticeBoard.Channel(0, "chat", "slack", chat.Address)]);
        var limit = new TrueLimit(board.Clock, "ok", "too fast", (1, TimeSpan.FromSeconds(1)));
        var first = true;
        chat.Answer = request =>
        {
            // The first request of a process is the slow one: it looks up names, connects, shakes hands.
            if (first)
                board.Clock.Advance(TimeSpan.FromMilliseconds(900));
            first = false;
            return limit.Answer(request);
        };
        var host = board.Host();
        await board.Tell(host, Sample.Failed(1), Sample.Failed(2), Sample.Failed(3));

        await board.Drain(host);

        (limit.Accepted, limit.Refused).ShouldBe((3, 0));
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Of_one_batch_keep_their_order_through_faults(string database)
    {
        var heard = new ConcurrentQueue<string>();
        var faults = 4;
        await using var hook = await FakeService.StartAsync();
        hook.Answer = r =>
        {
            if (faults-- > 0)
                return new FakeReply(503, "down");
            heard.Enqueue(r.Json.GetProperty("data").GetProperty("event").GetString()!);
            return new FakeReply(204, "");
        };
        await using var board = await NoticeBoard.CreateAsync(database, [.. NoticeBoard.Channel(0, "hook", "webhook", hook.Address)]);
        var host = board.Host();
        Notice[] notices = [Sample.Failed(version: 4), Sample.Failed(version: 6) with { Event = "prod_deploy_failed" }, Sample.Completed(version: 8)];

        await board.Tell(host, notices);
        await board.Drain(host);

        heard.ShouldBe(["pre_deploy_failed", "prod_deploy_failed", "pre_deploy_completed"]);
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task That_progress_has_overtaken_ride_along_with_the_latest(string database)
    {
        await using var hook = await FakeService.StartAsync();
        await using var board = await NoticeBoard.CreateAsync(database, [.. NoticeBoard.Channel(0, "hook", "webhook", hook.Address)]);
        var host = board.Host();

        await board.Tell(host, Sample.Approved(), Sample.Sealed(), Sample.Started());
        await board.Drain(host);

        hook.Requests.ShouldHaveSingleItem().Json.GetProperty("data").GetProperty("earlier").GetArrayLength().ShouldBe(2);
        var rows = await board.Rows();
        rows.Select(n => n.Status).ShouldBe([NotificationStatus.Superseded, NotificationStatus.Superseded, NotificationStatus.Sent]);
        rows.Take(2).ShouldAllBe(n => n.CarriedBy == rows[2].Id);
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Are_retried_with_growing_waits_that_a_restart_does_not_reset_then_fail_visibly_and_can_be_sent_again(string database)
    {
        await using var hook = await FakeService.StartAsync();
        var called = new List<DateTimeOffset>();
        await using var board = await NoticeBoard.CreateAsync(database, [.. NoticeBoard.Channel(0, "hook", "webhook", hook.Address), ("retry_count", "4")]);
        hook.Answer = _ =>
        {
            called.Add(board.Clock.GetUtcNow());
            return new FakeReply(500, "broken");
        };
        await board.Tell(board.Host(), Sample.Failed());

        // Every step in a process of its own: whatever is not in the rows is lost.
        while (await NoticeBoard.Settle(board.Host()) is { } again)
            board.Clock.SetUtcNow(again);

        called.Zip(called.Skip(1), (a, b) => (b - a).TotalSeconds).Zip([5.0, 10, 20, 40])
            .ShouldAllBe(p => p.First >= p.Second && p.First <= p.Second * 1.1 + 0.001);
        called.Count.ShouldBe(5);
        var host = board.Host();
        using var scope = host.CreateScope();
        var desk = scope.ServiceProvider.GetRequiredService<NotificationAdministration>();
        var failed = (await desk.ListAsync(Visible.Everything, 42, NotificationStatus.Failed, null, 10, Stop)).ShouldHaveSingleItem();
        (failed.Tries, failed.LastError).ShouldBe((5, "HTTP 500: broken"));

        hook.Answer = _ => new FakeReply(204, "");
        (await desk.ResendAsync(failed.Id, Precondition.None, Stop)).ShouldNotBeNull().Done.ShouldBeTrue();
        await board.Drain(host);
        (await board.Rows()).ShouldHaveSingleItem().Status.ShouldBe(NotificationStatus.Sent);
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Held_by_a_killed_process_are_sent_by_another_when_the_lease_ends(string database)
    {
        await using var hook = await FakeService.StartAsync();
        await using var board = await NoticeBoard.CreateAsync(database, [.. NoticeBoard.Channel(0, "hook", "webhook", hook.Address)]);
        var (killed, other) = (board.Host(), board.Host());
        await board.Tell(killed, Sample.Failed());
        var channel = killed.GetRequiredService<ChannelRegistry>().Find("hook")!;
        var claim = (await killed.GetRequiredService<NotificationStore>().ClaimAsync(channel, Stop)).Claim.ShouldNotBeNull();

        (await NoticeBoard.Settle(other)).ShouldBe(claim.LeaseEnds);
        hook.Requests.ShouldBeEmpty();
        await board.Drain(other);
        await killed.GetRequiredService<NotificationStore>().CompleteAsync(channel, claim, ChannelAnswer.Stop("too late"), Stop);

        hook.Requests.Count.ShouldBe(1);
        var row = (await board.Rows()).ShouldHaveSingleItem();
        (row.Status, row.Tries).ShouldBe((NotificationStatus.Sent, 2));
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Claimed_by_a_process_that_then_froze_are_not_sent_when_it_wakes_up(string database)
    {
        await using var hook = await FakeService.StartAsync();
        await using var board = await NoticeBoard.CreateAsync(database, [.. NoticeBoard.Channel(0, "hook", "webhook", hook.Address)]);
        var other = board.Host();
        await board.Tell(other, Sample.Failed());
        var frozen = board.Host(new WakingClock(board.Clock, looksBefore: 1));

        var (sent, _) = await frozen.GetRequiredService<NotificationDispatcher>().StepAsync(frozen.GetRequiredService<ChannelRegistry>().Find("hook")!, Stop);
        sent.ShouldBeFalse();
        hook.Requests.ShouldBeEmpty();

        await board.Drain(other);
        hook.Requests.Count.ShouldBe(1);
        var row = (await board.Rows()).ShouldHaveSingleItem();
        (row.Status, row.Tries).ShouldBe((NotificationStatus.Sent, 2));
    }

    [Fact]
    public async Task Leave_a_service_in_peace_on_all_hosts_when_it_asks_for_silence()
    {
        await using var chat = await FakeService.StartAsync();
        chat.Answer = _ => new FakeReply(200, """{"code":11232}""");
        await using var board = await NoticeBoard.CreateAsync("postgres", [.. NoticeBoard.Channel(0, "chat", "lark", chat.Address)]);
        var (one, two) = (board.Host(), board.Host());
        await board.Tell(one, Sample.Failed(1), Sample.Failed(2), Sample.Failed(3));
        await one.GetRequiredService<NotificationDispatcher>().StepAsync(one.GetRequiredService<ChannelRegistry>().Find("chat")!, Stop);

        (await NoticeBoard.Settle(one, two)).ShouldBe(Sample.Noon.AddSeconds(60));
        chat.Requests.Count.ShouldBe(1);

        chat.Answer = _ => new FakeReply(200, Ok);
        await board.Drain(one, two);
        (await board.Rows()).ShouldAllBe(n => n.Status == NotificationStatus.Sent);
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Leave_at_once_and_are_not_delayed_by_a_channel_that_hangs(string database)
    {
        await using var slow = await FakeService.StartAsync();
        await using var quick = await FakeService.StartAsync();
        slow.Hold();
        await using var board = await NoticeBoard.CreateAsync(database,
            [.. NoticeBoard.Channel(0, "slow", "webhook", slow.Address), .. NoticeBoard.Channel(1, "quick", "webhook", quick.Address),
                ("poll_interval", "1h")]);
        var host = board.Host(TimeProvider.System);
        var sender = host.GetServices<IHostedService>().Single();
        await sender.StartAsync(Stop);
        await board.Tell(host, Sample.Failed(1));
        await slow.Arrived.WaitAsync(Stop);

        await board.Tell(host, Sample.Failed(2), Sample.Failed(3), Sample.Failed(4));
        await Eventually.IsTrue(() => quick.Requests.Count == 4, "the quick channel told all four");

        slow.Requests.Count.ShouldBe(1);
        slow.Release();
        await Eventually.IsTrue(() => slow.Requests.Count == 4, "the slow channel caught up");
        await sender.StopAsync(Stop);
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Survive_a_database_that_is_away_for_a_while(string database)
    {
        await using var hook = await FakeService.StartAsync();
        await using var board = await NoticeBoard.CreateAsync(database, [.. NoticeBoard.Channel(0, "hook", "webhook", hook.Address), ("poll_interval", "1s")]);
        var host = board.Host(TimeProvider.System);
        using (var scope = host.CreateScope())
            await scope.ServiceProvider.GetRequiredService<CdDbContext>().Database.ExecuteSqlRawAsync("alter table notifications rename to notifications_away",
                Stop);
        var sender = host.GetServices<IHostedService>().Single();
        await sender.StartAsync(Stop);
        await Eventually.IsTrue(() => board.Lines.Any(l => l.Contains("sending failed unexpectedly")), "the sender stumbled");

        using (var scope = host.CreateScope())
            await scope.ServiceProvider.GetRequiredService<CdDbContext>().Database.ExecuteSqlRawAsync("alter table notifications_away rename to notifications",
                Stop);
        await board.Tell(host, Sample.Failed());

        await Eventually.IsTrue(() => hook.Requests.Count == 1, "the notice was told after all");
        await sender.StopAsync(Stop);
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Show_no_secret_in_rows_log_lines_and_answers(string database)
    {
        const string canary = "canary-5e9b1f04a7c2-canary";
        await using var chat = await FakeService.StartAsync();
        chat.Answer = r => new FakeReply(400, $"unknown bot {r.Path}{r.Query}");
        await using var board = await NoticeBoard.CreateAsync(database,
        [
            .. NoticeBoard.Channel(0, "chat", "lark", $"{chat.Address}/hook/{canary}"), ("channels:0:secret", canary + "-s"),
            .. NoticeBoard.Channel(1, "gone", "dingtalk", $"http://127.0.0.1:{FreePort.Next()}/robot/send?access_token={canary}"), ("retry_count", "1")
        ]);
        var host = board.Host();

        await board.Tell(host, Sample.Failed());
        await board.Drain(host);
        using var scope = host.CreateScope();
        var desk = scope.ServiceProvider.GetRequiredService<NotificationAdministration>();
        var tested = await desk.TestAsync("chat", "alice", Stop);
        var listed = await desk.ListAsync(Visible.Everything, null, null, null, 50, Stop);

        listed.Count.ShouldBe(3);
        listed.ShouldAllBe(v => v.Status == "failed" && v.LastError != null);
        string.Join('\n', board.Lines).ShouldNotContain(canary, Case.Insensitive);
        System.Text.Json.JsonSerializer.Serialize(listed).ShouldNotContain(canary, Case.Insensitive);
        System.Text.Json.JsonSerializer.Serialize(tested).ShouldNotContain(canary, Case.Insensitive);
        System.Text.Json.JsonSerializer.Serialize(await board.Rows()).ShouldNotContain(canary, Case.Insensitive);
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Can_be_tried_by_a_person_within_the_services_limit(string database)
    {
        await using var chat = await FakeService.StartAsync();
        chat.Answer = _ => new FakeReply(200, """{"code":0,"msg":"success"}""");
        await using var board = await NoticeBoard.CreateAsync(database, [.. NoticeBoard.Channel(0, "chat", "lark", chat.Address)]);
        using var scope = board.Host().CreateScope();
        var desk = scope.ServiceProvider.GetRequiredService<NotificationAdministration>();

        var outcomes = new List<TestOutcome>();
        for (var i = 0; i < 6; i++)
            outcomes.Add((await desk.TestAsync("chat", "alice", Stop)).ShouldNotBeNull());

        outcomes[0].Row!.Response.ShouldBe("""{"code":0,"msg":"success"}""");
        outcomes[5].Row.ShouldBeNull();
        outcomes[5].Wait.ShouldBeGreaterThan(TimeSpan.FromSeconds(1));
        chat.Requests.Count.ShouldBe(5);
        (await desk.TestAsync("nobody", "alice", Stop)).ShouldBeNull();
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Are_listed_newest_first_page_by_page(string database)
    {
        await using var board = await NoticeBoard.CreateAsync(database, ("provider", "log"));
        var host = board.Host();
        await board.Tell(host, Sample.Approved(1), Sample.Approved(2), Sample.Sealed(1));
        using var scope = host.CreateScope();
        var desk = scope.ServiceProvider.GetRequiredService<NotificationAdministration>();

        var first = await desk.ListAsync(Visible.Everything, 1, null, null, 1, Stop);
        var second = await desk.ListAsync(Visible.Everything, 1, null, first[^1].Id, 1, Stop);

        first.Concat(second).Select(v => v.Event).ShouldBe(["confirm_tag", "approve"]);
        (await desk.ListAsync(Visible.Everything, null, NotificationStatus.Sent, null, 10, Stop)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Are_found_by_the_index_of_open_rows_however_many_were_told()
    {
        await using var hook = await FakeService.StartAsync();
        await using var board = await NoticeBoard.CreateAsync("postgres", [.. NoticeBoard.Channel(0, "hook", "webhook", hook.Address)]);
        var host = board.Host();
        using var scope = host.CreateScope();
        var db = scope.ServiceProvider.GetRequiredService<CdDbContext>();
        await db.Database.ExecuteSqlRawAsync("""
            insert into notifications (notice_key, channel, batch_id, kind, payload, status, tries, next_attempt_at, created_at, sent_at)
            select 'k' || n, 'hook', n / 5, 'transition', '', 'sent', 1, now(), now(), now() from generate_series(1, 50000) n
            """, Stop);
        await db.Database.ExecuteSqlRawAsync("analyze notifications", Stop);
        await board.Tell(host, Sample.Failed(1), Sample.Failed(2));

        var lines = board.Lines.Count;
        (await host.GetRequiredService<NotificationStore>().ClaimAsync(host.GetRequiredService<ChannelRegistry>().Find("hook")!, Stop)).Claim.ShouldNotBeNull();
        var look = board.Lines.Skip(lines).First(l => l.StartsWith("Executed DbCommand") && l.Contains("GROUP BY"));

        await db.Database.OpenConnectionAsync(Stop);
        await using var explain = db.Database.GetDbConnection().CreateCommand();
        explain.CommandText = "explain " + Regex.Replace(look[(look.IndexOf('\n') + 1)..].Trim(), "@[a-zA-Z_]*channel[a-zA-Z_0-9]*", "'hook'")
            .Replace("@now", "now()").Replace("@p", "16");
        var plan = "";
        await using (var reader = await explain.ExecuteReaderAsync(Stop))
            while (await reader.ReadAsync(Stop))
                plan += reader.GetString(0) + '\n';
        plan.ShouldNotContain("Seq Scan", Case.Insensitive, plan);
        plan.ShouldContain("ix_notifications_channel_");
    }
}
