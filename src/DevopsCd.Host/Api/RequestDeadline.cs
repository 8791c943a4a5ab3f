using DevopsCd.Core.Batches;

namespace DevopsCd.Host.Api;

/// <summary>
/// No request hangs, whatever the database does: it is answered in time, and its work is told to stop. A commit under way is not
/// interrupted, so that the answer cannot say whether it was done.
/// </summary>
internal sealed class RequestDeadline(RequestDelegate next, TimeProvider clock)
{
    private static readonly TimeSpan s_usual = TimeSpan.FromSeconds(5);

    /// <summary>What the work may take to notice. Npgsql sends a cancel first, and waits for a server that is silent even then.</summary>
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(3);

    public async Task InvokeAsync(HttpContext http)
    {
        var caller = http.RequestAborted;
        var patience = http.GetEndpoint()?.Metadata.GetMetadata<LongWork>()?.Patience ?? s_usual;
        using var deadline = new CancellationTokenSource(patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(caller, deadline.Token);
        http.RequestAborted = either.Token;
        try
        {
            var work = next(http);
            if (await Task.WhenAny(work, Task.Delay(patience + s_grace, clock, caller)) != work && !caller.IsCancellationRequested && !http.Response.HasStarted)
            {
                // The request lasts until its work has let go; the caller has the answer, and asks the next time over a connection of its own.
                http.Response.Headers.Connection = "close";
                await Answer(http, patience, caller);
                await http.Response.CompleteAsync();
                await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return;
            }
            await work;
        }
        // Whatever it was wrapped in on its way: what fails after the deadline fails because of it.
        catch (Exception failure) when (failure is not BatchRefused && deadline.IsCancellationRequested && !caller.IsCancellationRequested && !http.Response.HasStarted)
        {
            await Answer(http, patience, caller);
        }
        finally
        {
            http.RequestAborted = caller;
        }
    }

    private static Task Answer(HttpContext http, TimeSpan patience, CancellationToken caller)
    {
        http.RequestAborted = caller;
        return ProblemHandler.NotNow(http, $"There was no result within {patience.TotalSeconds} s.").ExecuteAsync(http);
    }
}
