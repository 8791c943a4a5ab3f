using System.Data.Common;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Data;
using DevopsCd.Host.Broker;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Host.Api;

/// <summary>Errors as RFC 9457: what is wrong, and with which field. Nothing of the inside leaves.</summary>
internal sealed class ProblemHandler(Lifecycle lifecycle, ILogger<ProblemHandler> log) : IExceptionHandler
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
            case BatchRefused refused:
                return Refusals.Result(refused.Kind, refused.Reason, refused.State, refused.Fields, lifecycle);
            case BadHttpRequestException bad:
                return Malformed(bad);
            case OperationCanceledException when http.RequestAborted.IsCancellationRequested:
                return TypedResults.StatusCode(StatusCodes.Status499ClientClosedRequest);
            case DbUpdateException when DatabaseRetry.IsDuplicate(exception):
                return TypedResults.Problem("Another request has done the same in this moment; look again.", statusCode: StatusCodes.Status409Conflict, title: "Refused");
            case DbUpdateException or DbException or TimeoutException:
            case not null when Outage.IsOne(exception):
                log.DatabaseFailed(exception);
                return NotNow(http, "The database does not answer as it should.");
            default:
                return null;
        }
    }

    /// <summary>503. A commit whose answer was lost may have happened, and nobody can promise otherwise.</summary>
    public static IResult NotNow(HttpContext http, string why)
    {
        http.Response.Headers.RetryAfter = "5";
        return TypedResults.Problem($"{why} Look whether it was done, and try again; with an Idempotency-Key a command is done once.",
            statusCode: StatusCodes.Status503ServiceUnavailable, title: "Not available now");
    }

    private static IResult Malformed(BadHttpRequestException bad)
    {
        if (bad.StatusCode == StatusCodes.Status413PayloadTooLarge)
            return TypedResults.Problem("The body is larger than 1 MiB.", statusCode: bad.StatusCode);
        return TypedResults.Problem(JsonErrors.Readable(bad), statusCode: bad.StatusCode, title: "The request cannot be read");
    }
}
