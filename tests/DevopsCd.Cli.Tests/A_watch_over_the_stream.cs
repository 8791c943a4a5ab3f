using DevopsCd.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace DevopsCd.Cli.Tests;

public sealed class A_watch_over_the_stream(EmbeddedHost host) : IClassFixture<EmbeddedHost>
{
    private const string Slow = """{"type":"rolling","simulate":{"duration":"1h"}}""";

    /// <summary>Changes that come within it are one look. Whoever is told of none looks after a second only.</summary>
    private static readonly TimeSpan s_atMost = TimeSpan.FromMilliseconds(250);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Looks_when_it_is_told_of_a_change()
    {
        var (batch, looks, timers, isSent) = (await host.BatchAsync(), 0, 0, false);
        var clock = new CountingClock();
        using var change = new SemaphoreSlim(0);
        await using var service = await FakeService.StartAsync(async (_, context) =>
        {
            if (!IsStream(context))
            {
                if (IsLook(context) && Interlocked.Increment(ref looks) == 2)
                    Volatile.Write(ref timers, clock.Timers);
                await ForwardAsync(context);
                return;
            }
            await SendAsync(context, "retry: 2000\nid: 1\n\n");
            await change.WaitAsync(context.RequestAborted);
            await SendAsync(context, "id: 2\nevent: change\ndata: {}\n\n");
            Volatile.Write(ref isSent, true);
            await change.WaitAsync(context.RequestAborted);
        });
        using var cli = new Cli(service.Address) { Clock = clock };
        using var interrupt = new CancellationTokenSource();

        var watching = cli.RunAsync(["batch", "watch", batch, "--follow"], interrupt.Token);
        await Eventually.IsTrue(() => clock.Timers > 0, "the first look is over");
        clock.Advance(s_atMost);
        await Eventually.IsTrue(() => looks == 2, "it is looked at again when the stream is open");
        await Eventually.IsTrue(() => clock.Timers > timers, "the second look is over");
        change.Release();
        await Eventually.IsTrue(() => Volatile.Read(ref isSent), "the change is sent");
        clock.Advance(s_atMost);
        await Eventually.IsTrue(() => looks == 3, "it is looked at when it has changed");

        await interrupt.CancelAsync();
        (await watching).Exit.ShouldBe(ExitCodes.Interrupted);
    }

    [Fact]
    public async Task Goes_on_behind_the_last_change_when_the_stream_is_cut()
    {
        var (batch, streams) = (await host.BatchAsync(), new List<string?>());
        await using var service = await FakeService.StartAsync(async (_, context) =>
        {
            if (!IsStream(context))
            {
                await ForwardAsync(context);
                return;
            }
            lock (streams)
                streams.Add(context.Request.Headers["Last-Event-ID"]);
            // A stream that ends, and one that is not let in, are both cut ones.
            if (streams.Count % 2 == 0)
                await FakeService.ProblemAsync(context, 503);
            else
                await SendAsync(context, $"id: {streams.Count * 10}\n\n");
        });
        using var cli = new Cli(service.Address);
        await cli.DoAsync("batch", "approve", batch);

        var run = await cli.RunAsync("batch", "seal", batch, "--wait", "--timeout", "5m");
        var production = await cli.RunAsync("batch", "start-prod", batch, "--yes", "--wait", "--timeout", "5m");

        (run.Exit, production.Exit).ShouldBe((ExitCodes.Ok, ExitCodes.Ok), run.Error);
        streams[0].ShouldBeNullOrEmpty();
        streams.ShouldContain("10");
    }

    [Fact]
    public async Task Asks_by_itself_where_a_service_has_no_stream()
    {
        var batch = await host.BatchAsync();
        await using var service = await FakeService.StartAsync((_, context) =>
            IsStream(context) ? FakeService.ProblemAsync(context, 404) : ForwardAsync(context));
        using var cli = new Cli(service.Address);
        await cli.DoAsync("batch", "approve", batch);

        var run = await cli.RunAsync("batch", "seal", batch, "--wait", "--timeout", "5m");

        run.Exit.ShouldBe(ExitCodes.Ok, run.Error);
        run.Error.ShouldContain("pre_deploy_completed, now PreDeployed");
    }

    [Fact]
    public async Task Outlives_a_service_that_goes_away()
    {
        var batch = await host.BatchAsync(Slow);
        await using var relay = TcpRelay.To("127.0.0.1", host.Process.BaseUrl.Port);
        using var cli = new Cli(new Uri($"http://127.0.0.1:{relay.Port}"));
        await cli.DoAsync("batch", "approve", batch);
        await cli.DoAsync("batch", "seal", batch);

        var watching = cli.RunAsync(["batch", "watch", batch, "--timeout", "5m", "--retry-for", "1ms"], Cancelled);
        await Eventually.IsTrue(() => relay.Accepted >= 4, "approved, sealed, followed and looked at");
        relay.Cut();
        using (var other = host.Cli())
            await other.DoAsync("batch", "cancel", batch, "--reason", "superseded");
        relay.Restore();

        (await watching).Exit.ShouldBe(ExitCodes.Ok);
    }

    [Fact]
    public async Task That_times_out_says_what_keeps_the_batch_from_beginning()
    {
        using var cli = host.Cli();
        var project = $"p{Guid.NewGuid():N}"[..12];
        await cli.DoAsync("project", "set", project);
        await cli.DoAsync("freeze", "set", project, "--from", $"{TimeProvider.System.GetUtcNow().AddDays(-1):s}Z", "--to",
            $"{TimeProvider.System.GetUtcNow().AddDays(1):s}Z", "--stage", "pre", "--project", project, "--reason", "annual accounts");
        var application = await host.ApplicationAsync();
        await cli.DoAsync("app", "set", application, "--project", project);
        var frozen = (await cli.DoAsync("batch", "create", "-t", "frozen", "-a", application, "--project", project, "-o", "name")).Trim();
        await cli.DoAsync("batch", "approve", frozen);

        var run = await cli.RunAsync("batch", "seal", frozen, "--wait", "--timeout", "1s");

        run.Exit.ShouldBe(ExitCodes.TimedOut);
        run.Error.ShouldContain("in the way: ");
        run.Error.ShouldContain("annual accounts");
    }

    private static bool IsStream(HttpContext context) => context.Request.Path == "/api/v1/stream";

    private static bool IsLook(HttpContext context) =>
        context.Request.Path.Value!.Split('/') is [_, _, _, "batches", { Length: > 0 }] && context.Request.Query.Count == 0;

    private static async Task SendAsync(HttpContext context, string text)
    {
        await context.Response.WriteAsync(text, Cancelled);
        await context.Response.Body.FlushAsync(Cancelled);
    }

    private Task ForwardAsync(HttpContext context) => FakeService.ForwardAsync(context, host.Process.Http, ("X-Operator", "you"));
}
