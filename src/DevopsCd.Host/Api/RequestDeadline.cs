using DevopsCd.Core.Batches;

namespace DevopsCd.Host.Api;

/// <summary>
/// No request hangs, whatever the database does: it is answered in time, and its work is told to stop. A commit under way is not
/// interrupted, so that the answer cannot say whether it was done.
/// </summary>
internal sealed class RequestDeadline(RequestDelegate next, TimeProvider clock)
{
    private static readonly TimeSpan s_usual = TimeSpan.FromSeconds(10);

    public async Task InvokeAsync(HttpContext http)
    {
        var caller = http.RequestAborted;
        var patience = http.GetEndpoint()?.Metadata.GetMetadata<LongWork>()?.Patience ?? s_usual;
        using var deadline = new CancellationTokenSource(patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(caller, deadline.Token);
        http.RequestAborted = either.Token;
        try
        {
            await next(http);
        }
        // Whatever it was wrapped in on its way: what fails after the deadline fails because of it.
        catch (Exception failure) when (failure is not BatchRefused && deadline.IsCancellationRequested && !caller.IsCancellationRequested && !http.Response.HasStarted)
        {
            http.RequestAborted = caller;
            await ProblemHandler.NotNow(http, $"There was no result within {patience.TotalSeconds} s.").ExecuteAsync(http);
        }
        finally
        {
            http.RequestAborted = caller;
        }
    }
}
