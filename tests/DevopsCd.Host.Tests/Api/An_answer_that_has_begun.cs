using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using DevopsCd.Host.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace DevopsCd.Host.Tests.Api;

/// <summary>The deadline bounds the work before an answer. An answer that has begun is not cut off: its reader would see a broken connection.</summary>
public sealed class An_answer_that_has_begun
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public async Task Is_written_to_its_end_whatever_the_deadline()
    {
        await using var app = await Serve(async http =>
        {
            await http.Response.WriteAsync("first, ", http.RequestAborted);
            await http.Response.Body.FlushAsync(http.RequestAborted);
            _clock.Advance(TimeSpan.FromMinutes(1));
            await http.Response.WriteAsync("last", http.RequestAborted);
        });

        (await Get(app)).ShouldBe((HttpStatusCode.OK, "first, last"));
    }

    [Fact]
    public async Task Is_not_cut_off_by_a_timer_that_was_on_its_way()
    {
        var clock = new BusyClock();
        await using var app = await Serve(async http =>
        {
            clock.Now = TimeSpan.FromMinutes(1);
            await http.Response.WriteAsync("first, ", http.RequestAborted);
            clock.Fire();
            await http.Response.WriteAsync("last", http.RequestAborted);
        }, clock: clock);

        (await Get(app)).ShouldBe((HttpStatusCode.OK, "first, last"));
    }

    [Fact]
    public async Task Is_one_that_says_so_where_the_deadline_came_first()
    {
        await using var app = await Serve(async http =>
        {
            _clock.Advance(TimeSpan.FromMinutes(1));
            await http.Response.WriteAsync("late", http.RequestAborted);
        });

        var answer = await Get(app);

        answer.Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        JsonDocument.Parse(answer.Text).RootElement.GetProperty("status").GetInt32().ShouldBe(503);
    }

    [Fact]
    public async Task Leaves_no_header_of_its_own_where_the_deadline_came_first()
    {
        await using var app = await Serve(
            async http =>
            {
                _clock.Advance(TimeSpan.FromMinutes(1));
                http.Response.StatusCode = StatusCodes.Status201Created;
                http.Response.Headers.Location = "/made";
                http.Response.Headers.ETag = "\"made\"";
                http.Response.ContentLength = 4;
                await http.Response.WriteAsync("late", http.RequestAborted);
            },
            http => http.Response.Headers.ContentSecurityPolicy = "default-src 'self'");
        using var http = new HttpClient();

        using var answer = await http.GetAsync(app.Urls.Single(), TestContext.Current.CancellationToken);

        answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        answer.Headers.Location.ShouldBeNull();
        answer.Headers.ETag.ShouldBeNull();
        answer.Headers.GetValues("Content-Security-Policy").ShouldBe(["default-src 'self'"]);
    }

    [Fact]
    public async Task Is_not_followed_by_a_second_one()
    {
        await using var app = await Serve(async http =>
        {
            // Past the deadline, and within the time that the work has to notice it.
            _clock.Advance(TimeSpan.FromSeconds(6));
            "{}"u8.CopyTo(http.Response.BodyWriter.GetSpan(2));
            http.Response.BodyWriter.Advance(2);
            await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
            await Task.FromCanceled(http.RequestAborted);
        });

        var answer = await Get(app);

        answer.Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        JsonDocument.Parse(answer.Text).RootElement.GetProperty("status").GetInt32().ShouldBe(503);
    }

    [Fact]
    public async Task May_be_one_without_a_body()
    {
        await using var app = await Serve(http =>
        {
            http.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        });

        (await Get(app)).ShouldBe((HttpStatusCode.NoContent, ""));
    }

    [Fact]
    public async Task Is_the_only_one_when_the_work_ends_in_the_same_moment()
    {
        var answering = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var worked = new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = await Serve(
            async http =>
            {
                _clock.Advance(TimeSpan.FromMinutes(1));
                await answering.Task;
                http.Response.StatusCode = StatusCodes.Status409Conflict;
                http.Response.Headers.ETag = "\"late\"";
                worked.SetResult(await Record.ExceptionAsync(() => http.Response.WriteAsJsonAsync(new { late = true }, CancellationToken.None)));
            },
            // The moment in which the deadline has decided to answer and has not yet begun.
            http => http.Response.OnStarting(async () =>
            {
                answering.SetResult();
                (await worked.Task).ShouldBeOfType<OperationCanceledException>();
            }));

        var answer = await Get(app);

        answer.Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        JsonDocument.Parse(answer.Text).RootElement.GetProperty("status").GetInt32().ShouldBe(503);
    }

    private async Task<WebApplication> Serve(RequestDelegate work, Action<HttpContext>? before = null, TimeProvider? clock = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddProblemDetails().AddSingleton(clock ?? _clock);
        var app = builder.Build();
        app.Use(async (http, next) =>
        {
            before?.Invoke(http);
            await next(http);
        });
        app.UseMiddleware<RequestDeadline>();
        app.Run(work);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }

    private static async Task<(HttpStatusCode Status, string Text)> Get(WebApplication app)
    {
        using var http = new HttpClient();
        using var answer = await http.GetAsync(app.Urls.Single(), TestContext.Current.CancellationToken);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Its timers are due, and wait for a thread until the test lets them go.</summary>
    private sealed class BusyClock : TimeProvider
    {
        private readonly ConcurrentQueue<Action> _due = [];

        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _due.Enqueue(() => callback(state));
            return System.CreateTimer(_ => { }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        public void Fire()
        {
            while (_due.TryDequeue(out var due))
                due();
        }
    }
}
