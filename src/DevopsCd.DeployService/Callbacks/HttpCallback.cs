using System.Net;
using System.Text.Json;
using DevopsCd.Contracts;
using DevopsCd.DeployService.Configuration;
using DevopsCd.DeployService.Kubernetes;
using Microsoft.Extensions.Options;

namespace DevopsCd.DeployService.Callbacks;

/// <summary>Reports to the host's <c>POST /api/v1/deployments/{operationId}/report</c>.</summary>
internal sealed class HttpCallback(HttpClient http, IOptions<DeployServiceOptions> options, ILogger<HttpCallback> log) : ICallback
{
    public string Kind => CallbackKinds.Http;

    public async Task SendAsync(DeploymentReported report, DateTimeOffset endedAt, CancellationToken cancellationToken)
    {
        var callback = options.Value.Callback;
        using var request = new HttpRequestMessage(HttpMethod.Post,
            new Uri($"{callback.Url!.AbsoluteUri.TrimEnd('/')}/api/v1/deployments/{Uri.EscapeDataString(report.OperationId)}/report"));
        // Of a known length: not every receiver understands a chunked body.
        request.Content = new ByteArrayContent(
            JsonSerializer.SerializeToUtf8Bytes(report, Json.Options))
        { Headers = { ContentType = new("application/json") } };
        if (!string.IsNullOrEmpty(callback.ApiKey))
            request.Headers.Add("X-API-Key", callback.ApiKey);
        using var answer = await http.SendAsync(request, cancellationToken);
        if (answer.StatusCode is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError)
            throw new HttpRequestException($"the host answers {(int)answer.StatusCode}");
        if (!answer.IsSuccessStatusCode)
            log.CallbackRefused(report.OperationId, (int)answer.StatusCode);
    }
}
