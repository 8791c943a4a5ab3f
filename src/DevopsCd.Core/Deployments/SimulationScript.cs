using System.Text.Json;
using DevopsCd.Contracts.Api;

namespace DevopsCd.Core.Deployments;

/// <summary>
/// How a simulated deployment goes, from its target's strategy settings:
/// <c>{"simulate": {"duration": "2s", "outcome": "succeed|fail|time_out", "attempts": 1, "reason": "…", "cause": "image", "restarts": 2}}</c>;
/// <c>attempts</c> limits a bad outcome to the first attempts of the stage; <c>cause</c> is a class of <see cref="DeployCauseClasses" />, and
/// <c>restarts</c> says after how many fresh starts the outcome of the cause <c>infrastructure</c> is a good one.
/// </summary>
internal sealed record SimulationScript(TimeSpan? Duration, string Outcome, int Attempts, string Reason, string? Cause = null, int Restarts = int.MaxValue)
{
    private static readonly string[] s_outcomes = ["succeed", "fail", "time_out"];

    /// <summary>What the simulated cluster shows of the failure; null where the script names no cause.</summary>
    /// <param name="application">The application.</param>
    /// <param name="at">When it failed.</param>
    public DeployCause? CauseOf(string application, DateTimeOffset at)
    {
        if (Cause is null)
            return null;
        var hasRun = Cause is DeployCauseClasses.Crash or DeployCauseClasses.Probe or DeployCauseClasses.Resources or DeployCauseClasses.Unknown;
        var (reason, said) = Cause switch
        {
            DeployCauseClasses.Image => ("ImagePullBackOff", "the registry does not have the image"),
            DeployCauseClasses.Config => ("CreateContainerConfigError", "configmap \"settings\" not found"),
            DeployCauseClasses.Probe => ("Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503"),
            DeployCauseClasses.Resources => ("OOMKilled", "last ended with exit code 137 (OOMKilled)"),
            DeployCauseClasses.Quota => ("QuotaExceeded", "exceeded quota: pods, requested: pods=1, used: pods=10, limited: pods=10"),
            DeployCauseClasses.Crash => ("CrashLoopBackOff", "last ended with exit code 1 (Error)"),
            DeployCauseClasses.Admission => ("AdmissionDenied", "admission webhook \"policy.example\" denied the request"),
            DeployCauseClasses.Infrastructure => ("NodeNotReady", "Node is not ready"),
            _ => ("ProgressDeadlineExceeded", "the progress deadline has passed")
        };
        var onPod = Cause is not (DeployCauseClasses.Quota or DeployCauseClasses.Admission);
        return new DeployCause
        {
            Class = Cause,
            Reason = reason,
            Pod = onPod ? $"{application}-simulated" : null,
            Node = onPod ? "simulated-node" : null,
            Container = onPod && Cause != DeployCauseClasses.Infrastructure ? application : null,
            Message = said,
            Events = [new DeployCauseEvent { Reason = reason, Message = said, At = at }],
            LastLines = hasRun ? ["starting", $"fatal: {Reason}"] : []
        };
    }

    public static SimulationScript Of(JsonElement settings)
    {
        if (settings.ValueKind != JsonValueKind.Object || !settings.TryGetProperty("simulate", out var simulate))
            return new SimulationScript(null, "succeed", 0, "");
        return new SimulationScript(
            simulate.TryGetProperty("duration", out var duration) ? Shared.Duration.Parse(duration.GetString()!).Value : null,
            simulate.TryGetProperty("outcome", out var outcome) ? outcome.GetString()! : "succeed",
            simulate.TryGetProperty("attempts", out var attempts) ? attempts.GetInt32() : int.MaxValue,
            simulate.TryGetProperty("reason", out var reason) ? reason.GetString()! : "simulated failure",
            simulate.TryGetProperty("cause", out var cause) ? cause.GetString()! : null,
            simulate.TryGetProperty("restarts", out var restarts) ? restarts.GetInt32() : int.MaxValue);
    }

    /// <exception cref="BatchRefusedException">The script cannot be read.</exception>
    public static void Check(string settings)
    {
        try
        {
            using var document = JsonDocument.Parse(settings);
            var script = Of(document.RootElement);
            if (script.Cause is { } cause && !DeployCauseClasses.All.Contains(cause))
                throw BatchRefusedException.Content("strategy.simulate.cause", $"must be one of: {string.Join(", ", DeployCauseClasses.All)}");
            if (!s_outcomes.Contains(script.Outcome))
                throw BatchRefusedException.Content("strategy.simulate.outcome", $"must be one of: {string.Join(", ", s_outcomes)}");
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException or ArgumentNullException)
        {
            throw BatchRefusedException.Content("strategy.simulate",
                "must look like {\"duration\": \"2s\", \"outcome\": \"fail\", \"attempts\": 1, \"reason\": \"…\"}");
        }
    }
}
