using DevopsCd.DeployService.Kubernetes;
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
                await Problems.WriteAsync(httpContext, bad.StatusCode, bad.StatusCode == StatusCodes.Status413PayloadTooLarge ? "body-too-large" : "unreadable", bad.Message);
                return true;
            case ClusterUnreachableException or KubeException:
                log.RequestFailed(exception, httpContext.Request.Method, httpContext.Request.Path);
                httpContext.Response.Headers.RetryAfter = RetrySeconds;
                await Problems.WriteAsync(httpContext, StatusCodes.Status503ServiceUnavailable, "records-unavailable", exception.Message);
                return true;
            default:
                log.RequestFailed(exception, httpContext.Request.Method, httpContext.Request.Path);
                await Problems.WriteAsync(httpContext, StatusCodes.Status500InternalServerError, "failed", "the log has the details under this trace id");
                return true;
        }
    }
}
