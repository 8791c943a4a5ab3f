using Serilog.Context;

namespace DevopsCd.Host.Api;

/// <summary>Every log line of a request carries who asks and the trace.</summary>
internal sealed class RequestLog(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext http)
    {
        using (LogContext.PushProperty("Operator", OperatorFilter.Read(http)))
        using (LogContext.PushProperty("TraceId", http.TraceIdentifier))
            await next(http);
    }
}
