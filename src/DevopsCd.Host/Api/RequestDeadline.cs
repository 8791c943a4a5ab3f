using DevopsCd.Core.Batches;
using DevopsCd.Host.Access;

namespace DevopsCd.Host.Api;

/// <summary>
/// No request hangs, whatever the database does: it is answered in time, and its work is told to stop. A commit under way is not
/// interrupted, so that the answer cannot say whether it was done.
/// </summary>
internal sealed class RequestDeadline(RequestDelegate next, TimeProvider clock)
{
    private static readonly TimeSpan s_usual = TimeSpan.FromSeconds(5);

    /// <summary>An answer that has begun is looked at again after this, and otherwise left alone.</summary>
    private static readonly TimeSpan s_answers = TimeSpan.FromDays(1);

    /// <summary>What the work may take to notice. Npgsql sends a cancel first, and waits for a server that is silent even then.</summary>
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(3);

    public async Task InvokeAsync(HttpContext http)
    {
        if (http.GetEndpoint()?.Metadata.GetMetadata<PageConnection>() is not null)
        {
            await next(http);
            return;
        }
        var caller = http.RequestAborted;
        var patience = http.GetEndpoint()?.Metadata.GetMetadata<RequestTimeoutMetadata>()?.Patience ?? s_usual;
        using var time = new WorkTime(patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(caller, time.Missed);
        http.Features.Set(time);
        http.RequestAborted = either.Token;
        // What its work writes after that would be cut off at the first wait, with some of it in the buffer.
        var gate = AnswerGate.Install(http.Features, time.TryLift);
        try
        {
            var work = next(http);
            if (!await EndsAsync(work, gate, time, caller) && !caller.IsCancellationRequested && gate.TryTakeOver())
            {
                // The request lasts until its work has let go; the caller has the answer, and asks the next time over a connection of its own.
                http.Response.Headers.Connection = "close";
                await AnswerAsync(http, patience, caller);
                await http.Response.CompleteAsync();
                await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return;
            }
            await work;
        }
        // Whatever it was wrapped in on its way: what fails after the deadline fails because of it.
        catch (Exception failure) when (failure is not BatchRefusedException && time.IsMissed && !caller.IsCancellationRequested
            && !http.Response.HasStarted && gate.TryTakeOver())
        {
            await AnswerAsync(http, patience, caller);
        }
        finally
        {
            gate.Remove();
            http.RequestAborted = caller;
        }
    }

    private async Task<bool> EndsAsync(Task work, AnswerGate gate, WorkTime time, CancellationToken caller)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(caller);
        while (!work.IsCompleted && !caller.IsCancellationRequested && Left() is { Ticks: > 0 } left)
            await Task.WhenAny(work, Task.Delay(left, clock, enough.Token));
        await enough.CancelAsync();
        return work.IsCompleted;

        TimeSpan Left() => gate.IsAnswering ? s_answers : time.Left + s_grace;
    }

    private static Task AnswerAsync(HttpContext http, TimeSpan patience, CancellationToken caller)
    {
        http.RequestAborted = caller;
        return ProblemHandler.NotNow(http, $"There was no result within {patience.TotalSeconds} s.").ExecuteAsync(http);
    }
}
