using System.Data.Common;
using DevopsCd.Core.Batches;
using DevopsCd.Host.Broker;
using DevopsCd.Shared.Http;
using MassTransit;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Host.Api;

/// <summary>Errors as RFC 9457: what is wrong, and with which field. Nothing of the inside leaves.</summary>
internal sealed class ProblemHandler(BatchTransitionTable lifecycle, ILogger<ProblemHandler> log) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (Result(httpContext, exception) is not { } result)
            return false;
        await result.ExecuteAsync(httpContext);
        return true;
    }

    private IResult? Result(HttpContext http, Exception exception)
    {
        switch (exception)
        {
            case BatchRefusedException refused:
                return Refusals.Result(refused, lifecycle);
            case BadHttpRequestException bad:
                return Problems.Of(ProblemTypes.Of(bad.StatusCode), Sentence.Quote(UnboundParameter.Find(http) ?? bad.Message));
            case OperationCanceledException when http.RequestAborted.IsCancellationRequested:
                return TypedResults.StatusCode(StatusCodes.Status499ClientClosedRequest);
            case DbUpdateException when DatabaseFailures.Of(exception) == DatabaseFailure.Duplicate:
                return Problems.Of(ProblemTypes.ConcurrentChange, "A concurrent request made the same change. Read it again and retry.");
            case DbUpdateException or DbException or TimeoutException:
            case not null when Outage.IsOne(exception):
                log.DatabaseFailed(exception);
                return NotNow(http, DatabaseWords.Of(exception));
            default:
                return null;
        }
    }

    /// <summary>503. A commit whose answer was lost may have happened, and nobody can promise otherwise.</summary>
    public static IResult NotNow(HttpContext http, Sentence why)
    {
        http.Response.Headers.RetryAfter = "5";
        return Problems.Of(ProblemTypes.Unavailable,
            $"{why} Check whether the request took effect, then retry; with an Idempotency-Key a command takes effect once.");
    }
}
