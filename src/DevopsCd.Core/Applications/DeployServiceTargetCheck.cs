using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using DevopsCd.Contracts.Api;
using Microsoft.Extensions.Logging;

namespace DevopsCd.Core.Applications;

/// <summary>
/// Asks the deploy service by its own rules, once for all targets of an application. While it does not answer, they are taken all the same, with
/// notes: the catalogue does not stand still for another service, and the deployment itself is checked again.
/// </summary>
internal sealed class DeployServiceTargetCheck(HttpClient http, TimeProvider clock, ILogger<DeployServiceTargetCheck> log) : ITargetCheck
{
    /// <summary>Shorter than the patience of the request that waits for it.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public async Task<IReadOnlyList<TargetFinding>> CheckAsync(
        string application, IReadOnlyList<TargetView> targets, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            return await AskAsync(application, targets, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Unchecked(application, targets, $"it did not answer within {Patience.TotalSeconds} s");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException)
        {
            return Unchecked(application, targets, "it cannot be reached");
        }
    }

    private async Task<IReadOnlyList<TargetFinding>> AskAsync(string application, IReadOnlyList<TargetView> targets, CancellationToken cancellationToken)
    {
        // No image is chosen yet: the service looks at the rest.
        var operations = targets.Select(target => new
        {
            application,
            stage = target.Stage,
            cluster = target.Cluster,
            @namespace = target.Namespace,
            workload = target.Workload,
            strategy = target.Strategy
        });
        using var response = await http.PostAsJsonAsync("api/v1/preflight/validate", new { operations }, s_json, cancellationToken);
        if (response.StatusCode != HttpStatusCode.OK)
            return Unchecked(application, targets, $"it answered {(int)response.StatusCode}");
        var answer = await response.Content.ReadFromJsonAsync<DeployPreflightView>(JsonSerializerOptions.Web, cancellationToken);
        return answer?.Results is { } results && results.Count == targets.Count
            ? [.. results.Select(result => new TargetFinding { Problems = result.Problems })]
            : Unchecked(application, targets, $"it spoke of {answer?.Results?.Count ?? 0} of {targets.Count} targets");
    }

    private List<TargetFinding> Unchecked(string application, IReadOnlyList<TargetView> targets, string why) =>
        [.. targets.Select(target => new TargetFinding { Unchecked = Note(application, target, why) })];

    private string Note(string application, TargetView target, string why)
    {
        log.TargetUnchecked(application, target.Stage, target.Cluster, why);
        return $"The deploy service was asked about {target.Stage}/{target.Cluster}, but {why}; the target is stored unchecked, and its deployment would be refused if it is wrong.";
    }
}
