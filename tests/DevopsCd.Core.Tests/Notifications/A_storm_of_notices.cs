using DevopsCd.Core.Notifications;
using DevopsCd.Core.Notifications.Channels;
using DevopsCd.Core.Notifications.Composing;
using DevopsCd.Core.Notifications.Delivery;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Core.Tests.Notifications;

/// <summary>The notice storm: two hosts on PostgreSQL against services that enforce their true limits.</summary>
public sealed class A_storm_of_notices(ITestOutputHelper output)
{
    private static readonly (string Type, string Ok, string Refused, (int, TimeSpan)[] Windows)[] s_services =
    [
        ("lark", """{"code":0}""", """{"code":11232}""", [(5, TimeSpan.FromSeconds(1)), (100, TimeSpan.FromMinutes(1))]),
        ("dingtalk", """{"errcode":0}""", """{"errcode":130101}""", [(20, TimeSpan.FromMinutes(1))]),
        ("wecom", """{"errcode":0}""", """{"errcode":45009}""", [(20, TimeSpan.FromMinutes(1))]),
        ("slack", "ok", "rate_limited", [(1, TimeSpan.FromSeconds(1))]),
        ("teams", "1", "HTTP error 429", [(4, TimeSpan.FromSeconds(1))])
    ];

    [Fact]
    public async Task Of_one_batch_with_500_failing_applications_is_a_message_a_stage_and_minute()
    {
        await using var storm = await Storm.StartAsync();
        var total = 500;

        await storm.Tell(Sample.Started(total: total));
        await storm.Settle();
        for (var app = 1; app <= total; app++)
        {
            // All failures within three minutes, the senders never far behind.
            await storm.Tell(Sample.AppFailed(app, total: total));
            storm.Board.Clock.Advance(TimeSpan.FromSeconds(180.0 / total));
            if (app % 5 == 0)
                await storm.Settle();
        }
        await storm.Tell(Sample.Failed(failed: total, total: total));
        var drained = await storm.Drain();

        var rows = await storm.Board.Rows();
        foreach (var (name, limit) in storm.Limits)
        {
            limit.Refused.ShouldBe(0, name);
            limit.Accepted.ShouldBeLessThanOrEqualTo(5, name);
            // One message a stage and minute: none nearer than that to the one before it.
            limit.Times.Zip(limit.Times.Skip(1), (a, b) => b - a).ShouldAllBe(gap => gap >= TimeSpan.FromMinutes(1), name);
            output.WriteLine($"{name}: notices {rows.Count(n => n.Channel == name)}, messages {limit.Accepted}, refused {limit.Refused}, lost {Lost(rows, name)}");
        }
        rows.Count.ShouldBe(502 * s_services.Length);
        rows.ShouldAllBe(n => n.Status == NotificationStatus.Sent || n.Status == NotificationStatus.Superseded);
        output.WriteLine($"All told {drained.TotalSeconds:0} s after the stage ended");
    }

    [Fact]
    public async Task Of_120_batches_that_fail_in_one_instant_is_told_at_the_pace_of_each_service()
    {
        await using var storm = await Storm.StartAsync();

        await storm.Tell(Enumerable.Range(1, 120).Select(id => Sample.Failed(id, failed: 3)).ToArray());
        var drained = await storm.Drain();

        var rows = await storm.Board.Rows();
        foreach (var (name, limit) in storm.Limits)
        {
            (limit.Accepted, limit.Refused, Lost(rows, name)).ShouldBe((120, 0, 0), name);
            output.WriteLine($"{name}: messages {limit.Accepted}, refused {limit.Refused}, lost 0, last after {(limit.Times[^1] - Sample.Noon).TotalSeconds:0} s");
        }
        rows.ShouldAllBe(n => n.Status == NotificationStatus.Sent && n.Tries == 1);
        drained.ShouldBeLessThan(TimeSpan.FromMinutes(8));
    }

    /// <summary>A host dies between the service's yes and the row that would say so: another one repeats the message, but not within the minute.</summary>
    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task Of_one_batch_is_a_message_a_minute_also_when_a_host_dies_after_sending(string database)
    {
        await using var service = await FakeService.StartAsync();
        await using var board = await NoticeBoard.CreateAsync(database, [.. NoticeBoard.Channel(0, "hook", "webhook", service.Address)]);
        var times = new List<DateTimeOffset>();
        service.Answer = _ =>
        {
            times.Add(board.Clock.GetUtcNow());
            return new FakeReply(200, "ok");
        };
        var (killed, other) = (board.Host(), board.Host());
        await board.Tell(killed, [.. Enumerable.Range(1, 10).Select(app => Sample.AppFailed(app, total: 500))]);
        var channel = killed.GetRequiredService<ChannelRegistry>().Find("hook")!;
        var claim = (await killed.GetRequiredService<NotificationStore>().ClaimAsync(channel, TestContext.Current.CancellationToken)).Claim.ShouldNotBeNull();
        await channel.SendAsync(Sample.Message(claim.Main.Notice), TestContext.Current.CancellationToken);

        await board.Tell(other, [.. Enumerable.Range(11, 10).Select(app => Sample.AppFailed(app, total: 500))]);
        await board.Drain(other);

        times.Count.ShouldBe(2);
        (times[1] - times[0]).ShouldBe(TimeSpan.FromMinutes(1));
        (await board.Rows()).ShouldAllBe(n => n.Status == NotificationStatus.Sent && n.ToldAt == times[1]);
    }

    private static int Lost(List<Notification> rows, string channel) =>
        rows.Count(n => n.Channel == channel && n.Status is not (NotificationStatus.Sent or NotificationStatus.Superseded));

    private sealed class Storm(NoticeBoard board, List<FakeService> services, Dictionary<string, TrueLimit> limits) : IAsyncDisposable
    {
        private readonly ServiceProvider[] _hosts = [board.Host(), board.Host()];

        public NoticeBoard Board => board;

        public IReadOnlyDictionary<string, TrueLimit> Limits => limits;

        public static async Task<Storm> StartAsync()
        {
            var services = new List<FakeService>();
            foreach (var _ in s_services)
                services.Add(await FakeService.StartAsync());
            var board = await NoticeBoard.CreateAsync("postgres",
                s_services.SelectMany((s, i) => NoticeBoard.Channel(i, s.Type, s.Type, services[i].Address)).ToArray());
            var limits = s_services.ToDictionary(s => s.Type, s => new TrueLimit(board.Clock, s.Ok, s.Refused, s.Windows));
            for (var i = 0; i < services.Count; i++)
                services[i].Answer = limits[s_services[i].Type].Answer;
            return new Storm(board, services, limits);
        }

        public Task Tell(params Notice[] notices) => board.Tell(_hosts[0], notices);

        public Task Settle() => NoticeBoard.Settle(_hosts);

        public Task<TimeSpan> Drain() => board.Drain(_hosts);

        public async ValueTask DisposeAsync()
        {
            foreach (var service in services)
                await service.DisposeAsync();
            await board.DisposeAsync();
        }
    }
}
