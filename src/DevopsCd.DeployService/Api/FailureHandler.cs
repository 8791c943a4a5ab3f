using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Operations;
using DevopsCd.Shared.Http;
using Microsoft.AspNetCore.Diagnostics;

namespace DevopsCd.DeployService.Api;

/// <summary>Turns what no handler has expected into a problem that says no more than a caller should know.</summary>
internal sealed class FailureHandler(ILogger<FailureHandler> log) : IExceptionHandler
{
    private const string RetrySeconds = "5";

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        switch (exception)
        {
            case OperationCanceledException when httpContext.RequestAborted.IsCancellationRequested:
                return true;
            case BadHttpRequestException bad:
                await Problems.WriteAsync(httpContext, ProblemTypes.Of(bad.StatusCode) ?? ProblemTypes.Unreadable with { Status = bad.StatusCode },
                    UnboundParameter.Find(httpContext) ?? bad.Message);
                return true;
            case ClusterUnreachableException or KubeException or NewerRecordException:
                log.RequestFailed(exception, httpContext.Request.Method, httpContext.Request.Path);
                httpContext.Response.Headers.RetryAfter = RetrySeconds;
                await Problems.WriteAsync(httpContext, ProblemTypes.RecordsUnavailable, exception.Message);
                return true;
            default:
                log.RequestFailed(exception, httpContext.Request.Method, httpContext.Request.Path);
                await Problems.WriteAsync(httpContext, ProblemTypes.Failed, "the log has the details under this trace id");
                return true;
        }
    }
}
