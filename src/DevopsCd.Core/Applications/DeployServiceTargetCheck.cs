using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using DevopsCd.Contracts.Api;
using Microsoft.Extensions.Logging;

namespace DevopsCd.Core.Applications;

/// <summary>
/// Asks the deploy service by its own rules. While it does not answer, a target is taken all the same, with a note: the catalogue does
/// not stand still for another service, and the deployment itself is checked again.
/// </summary>
internal sealed class DeployServiceTargetCheck(HttpClient http, TimeProvider clock, ILogger<DeployServiceTargetCheck> log) : ITargetCheck
{
    /// <summary>Shorter than the patience of the request that waits for it.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public async Task<string?> CheckAsync(string application, TargetView target, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            return await AskAsync(application, target, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Unchecked(application, target, $"it did not answer within {Patience.TotalSeconds} s");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException)
        {
            return Unchecked(application, target, "it cannot be reached");
        }
    }

    private async Task<string?> AskAsync(string application, TargetView target, CancellationToken cancellationToken)
    {
        // No image is chosen yet: the service looks at the rest.
        var operation = new
        {
            application,
            stage = target.Stage,
            cluster = target.Cluster,
            @namespace = target.Namespace,
            workload = target.Workload,
            strategy = target.Strategy
        };
        using var response = await http.PostAsJsonAsync("api/v1/preflight/validate", new { operations = new[] { operation } }, s_json, cancellationToken);
        if (response.StatusCode != HttpStatusCode.OK)
            return Unchecked(application, target, $"it answered {(int)response.StatusCode}");
        var answer = await response.Content.ReadFromJsonAsync<DeployPreflightView>(JsonSerializerOptions.Web, cancellationToken);
        var problems = answer?.Results is [var first, ..] ? first.Problems : [];
        if (problems.Count > 0)
            throw BatchRefusedException.Quoted(problems);
        return null;
    }

    private string Unchecked(string application, TargetView target, string why)
    {
        log.TargetUnchecked(application, target.Stage, target.Cluster, why);
        return $"The deploy service was asked about {target.Stage}/{target.Cluster}, but {why}; the target is stored unchecked, and its deployment would be refused if it is wrong.";
    }
}
