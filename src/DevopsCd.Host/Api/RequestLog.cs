using DevopsCd.Shared.Http;
using Serilog.Context;

namespace DevopsCd.Host.Api;

/// <summary>Every log line of a request carries its trace; who asks comes with the caller.</summary>
internal sealed class RequestLog(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext http)
    {
        using (LogContext.PushProperty("TraceId", RequestTrace.IdOf(http)))
            await next(http);
    }
}
