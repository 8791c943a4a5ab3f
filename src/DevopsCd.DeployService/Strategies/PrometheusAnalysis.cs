using System.Globalization;
using System.Text.Json;
using DevopsCd.DeployService.Kubernetes;

namespace DevopsCd.DeployService.Strategies;

/// <summary>Asks a Prometheus one question. Its address comes from the configuration only, never from a request.</summary>
internal sealed class PrometheusAnalysis(HttpClient http)
{
    /// <summary>The first value of the answer; null with the reason when there is none.</summary>
    public async Task<(double? Value, string? Trouble)> AskAsync(Uri? prometheus, string query, CancellationToken cancellationToken)
    {
        if (prometheus is null)
            return (null, "the cluster has no prometheus configured");
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(TimeSpan.FromSeconds(5));
            var root = prometheus.AbsoluteUri.TrimEnd('/');
            using var answer = await http.GetAsync(new Uri($"{root}/api/v1/query?query={Uri.EscapeDataString(query)}"), limit.Token);
            var body = await JsonSerializer.DeserializeAsync<JsonElement>(await answer.Content.ReadAsStreamAsync(limit.Token), cancellationToken: limit.Token);
            if (!answer.IsSuccessStatusCode || body.Text("status") != "success")
                return (null, $"Prometheus answers {(int)answer.StatusCode} {body.Text("error")}".TrimEnd());
            var text = body.Text("data", "resultType") switch
            {
                "scalar" => body.Items("data", "result") is [_, var scalar] ? scalar.GetString() : null,
                _ => body.Items("data", "result") is [var first, ..] && first.Items("value") is [_, var sample] ? sample.GetString() : null
            };
            return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && !double.IsNaN(value)
                ? (value, null)
                : (null, "the query has no data");
        }
        catch (Exception e) when (e is HttpRequestException or JsonException || e is OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return (null, $"Prometheus cannot be asked: {e.Message}");
        }
    }
}
