using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Applications;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Configuration;
using DevopsCd.Core.Data;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace DevopsCd.Core.Deployments;

/// <summary>Talks to a deploy service as spec §8 gives it. What may be another answer the next time is told from a refusal.</summary>
internal sealed class HttpDeployService(HttpClient http) : IDeployService
{
    /// <summary>Longest answer that is read; what a deploy service says is small.</summary>
    public const int LargestAnswer = 256 * 1024;

    public Task<DeployAnswer> Submit(Deployment operation, CancellationToken cancellationToken) =>
        Call(HttpMethod.Put, operation, "", Request(operation), cancellationToken);

    public Task<DeployAnswer> Look(Deployment operation, CancellationToken cancellationToken) =>
        Call(HttpMethod.Get, operation, "", null, cancellationToken);

    public Task<DeployAnswer> Stop(Deployment operation, CancellationToken cancellationToken) =>
        Call(HttpMethod.Post, operation, "/stop", null, cancellationToken);

    private async Task<DeployAnswer> Call(HttpMethod method, Deployment operation, string verb, DeployOperationRequest? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, $"api/v1/deployments/{Uri.EscapeDataString(operation.OperationId)}{verb}");
        if (body is not null)
            request.Content = JsonContent.Create(body, options: JsonSerializerOptions.Web);
        try
        {
            using var response = await http.SendAsync(request, cancellationToken);
            return await Read(response, cancellationToken);
        }
        catch (BrokenCircuitException e)
        {
            return new DeployAnswer.NotSent(e.RetryAfter is { } after && after > TimeSpan.FromSeconds(1) ? after : TimeSpan.FromSeconds(1));
        }
        catch (TimeoutRejectedException)
        {
            return new DeployAnswer.Transient("the deploy service did not answer in time");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new DeployAnswer.Transient("the deploy service did not answer in time");
        }
        catch (HttpRequestException e)
        {
            return new DeployAnswer.Transient($"the deploy service cannot be reached: {e.HttpRequestError}");
        }
        catch (Exception e) when (e is JsonException or IOException)
        {
            return new DeployAnswer.Transient("the deploy service's answer cannot be read");
        }
    }

    private static async Task<DeployAnswer> Read(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        if (response.StatusCode == HttpStatusCode.NotFound && response.RequestMessage!.Method != HttpMethod.Put)
            return new DeployAnswer.Unknown();
        if (response.StatusCode is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || status >= 500)
            return new DeployAnswer.Transient($"the deploy service answered {status}", RetryAfter(response));
        if (status is >= 300 and < 400)
            return new DeployAnswer.Failed($"the deploy service answered {status}; redirects are not followed, mend {K8sOptions.Section}:base_url");
        if (status >= 400)
            return new DeployAnswer.Failed($"the deploy service refused with {status}: {await Problem(response, cancellationToken)}");
        var view = await response.Content.ReadFromJsonAsync<DeployOperationView>(JsonSerializerOptions.Web, cancellationToken);
        return view?.Phase switch
        {
            DeployPhases.Succeeded => new DeployAnswer.Succeeded(),
            DeployPhases.Failed => new DeployAnswer.Failed(Cause(view)),
            DeployPhases.Stopped => new DeployAnswer.Stopped(),
            DeployPhases.Pending or DeployPhases.Progressing or DeployPhases.Paused => new DeployAnswer.Progressing(),
            var phase => new DeployAnswer.Transient($"the deploy service answered the unknown phase '{phase}'")
        };
    }

    private static string Cause(DeployOperationView view) => (view.Reason, view.Message) switch
    {
        (null, null) => "the rollout failed",
        (null, var message) => message,
        (var reason, null) => reason,
        var (reason, message) => $"{reason}: {message}"
    };

    /// <summary>Problem+json's title and detail; of anything else nothing, for it may hold anything.</summary>
    private static async Task<string> Problem(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) != true)
            return response.ReasonPhrase ?? "no reason";
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        var texts = new[] { "title", "detail" }
            .Select(name => problem.ValueKind == JsonValueKind.Object && problem.TryGetProperty(name, out var text) ? text.ToString() : null)
            .Where(text => !string.IsNullOrEmpty(text));
        var told = string.Join(": ", texts);
        return told.Length > 1000 ? told[..1000] : told;
    }

    private static TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter?.Delta;

    private static DeployOperationRequest Request(Deployment operation)
    {
        var target = SealedTarget.One(operation.Target);
        return new DeployOperationRequest
        {
            Application = operation.Application,
            Stage = SnakeCaseConverter<Stage>.Name(operation.Stage),
            Cluster = operation.Cluster,
            Namespace = target.Namespace,
            Workload = new DeployWorkload { Kind = target.WorkloadKind, Name = target.WorkloadName, Container = target.Container },
            Image = operation.Image,
            Strategy = new DeployStrategy
            {
                Type = target.Strategy,
                Settings = target.Settings.ValueKind == JsonValueKind.Object ? target.Settings.EnumerateObject().ToDictionary(p => p.Name, p => p.Value) : null
            },
            // From the row, so that a repeated submit has the same body.
            TimeoutSeconds = (int)Math.Ceiling((operation.DeadlineAt - operation.StartedAt).TotalSeconds),
            Labels = new Dictionary<string, string>
            {
                ["devopscd.io/batch"] = operation.BatchId.ToString(System.Globalization.CultureInfo.InvariantCulture),
                ["devopscd.io/attempt"] = operation.Attempt.ToString(System.Globalization.CultureInfo.InvariantCulture)
            }
        };
    }
}
