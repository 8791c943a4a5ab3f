using DevopsCd.Host.Api;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Time.Testing;

namespace DevopsCd.Host.Tests.Api;

public sealed class More_requests_than_there_are_places : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new();
    private readonly TaskCompletionSource _work = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Admission _admission = null!;
    private int _begun;

    public ValueTask InitializeAsync()
    {
        _admission = new Admission(atOnce: 2, waiting: 1, _clock);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => _admission.DisposeAsync();

    [Fact]
    public async Task Work_in_their_turn()
    {
        var requests = new[] { Ask(), Ask(), Ask() };
        _begun.ShouldBe(2);

        _work.SetResult();

        (await Task.WhenAll(requests)).ShouldAllBe(answer => answer as string == "done");
        _begun.ShouldBe(3);
    }

    [Fact]
    public async Task Are_told_to_come_again_before_anything_was_begun_when_the_queue_is_full()
    {
        var admitted = new[] { Ask(), Ask(), Ask() };
        var http = new DefaultHttpContext();

        var answer = await Ask(http);

        answer.ShouldBeOfType<ProblemHttpResult>().StatusCode.ShouldBe(StatusCodes.Status503ServiceUnavailable);
        http.Response.Headers.RetryAfter.ToString().ShouldBe("2");
        _begun.ShouldBe(2);
        _work.SetResult();
        (await Task.WhenAll(admitted)).ShouldAllBe(result => result as string == "done");
    }

    [Fact]
    public async Task Do_not_wait_longer_than_the_answer_may_take()
    {
        var admitted = new[] { Ask(), Ask() };
        var waiting = Ask();

        _clock.Advance(Admission.LongestWait);

        (await waiting).ShouldBeOfType<ProblemHttpResult>().StatusCode.ShouldBe(StatusCodes.Status503ServiceUnavailable);
        _begun.ShouldBe(2);
        _work.SetResult();
        await Task.WhenAll(admitted);
    }

    [Fact]
    public async Task Have_all_of_their_time_when_their_turn_comes()
    {
        using var time = new WorkTime(TimeSpan.FromSeconds(5), _clock);
        var http = new DefaultHttpContext();
        http.Features.Set(time);
        var admitted = new[] { Ask(), Ask() };
        var waiting = Ask(http);

        _clock.Advance(TimeSpan.FromSeconds(3));
        _work.SetResult();
        await waiting;
        _clock.Advance(TimeSpan.FromSeconds(4));

        time.Missed.IsCancellationRequested.ShouldBeFalse();
        await Task.WhenAll(admitted);
    }

    private Task<object?> Ask(HttpContext? http = null) => _admission.InvokeAsync(
        EndpointFilterInvocationContext.Create(http ?? new DefaultHttpContext()),
        async _ =>
        {
            Interlocked.Increment(ref _begun);
            await _work.Task;
            return "done";
        }).AsTask();
}
