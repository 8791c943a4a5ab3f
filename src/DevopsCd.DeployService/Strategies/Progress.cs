using System.Text.Json;
using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Operations;

namespace DevopsCd.DeployService.Strategies;

/// <summary>What one step of a strategy has found.</summary>
internal sealed record Progress
{
    public const string WaitsForPromote = "WaitsForPromote";

    public required Outcome Outcome { get; init; }
    public string? Reason { get; init; }
    public string? Message { get; init; }
    public DeployReplicas? Replicas { get; init; }

    /// <summary>What the strategy wants to remember; written before the next step is taken.</summary>
    public JsonElement? State { get; init; }

    /// <summary>When to look again even if nothing is heard of the objects.</summary>
    public TimeSpan? LookAgain { get; init; }

    public PostSuccessWork? Tail { get; init; }

    public static Progress Running(string reason, string message, DeployReplicas? replicas = null) =>
        new() { Outcome = Outcome.Running, Reason = reason, Message = message, Replicas = replicas };

    public static Progress Paused(string message, DeployReplicas? replicas = null) =>
        new() { Outcome = Outcome.Paused, Reason = WaitsForPromote, Message = message, Replicas = replicas };

    public static Progress Done(string reason, string message, DeployReplicas? replicas = null) =>
        new() { Outcome = Outcome.Done, Reason = reason, Message = message, Replicas = replicas };

    public static Progress Failed(string reason, string message, DeployReplicas? replicas = null) =>
        new() { Outcome = Outcome.Failed, Reason = reason, Message = message, Replicas = replicas };

    /// <summary>A later operation has taken the workload.</summary>
    public static Progress Superseded(string by) =>
        new() { Outcome = Outcome.Superseded, Reason = "Superseded", Message = $"operation {by} has taken over this workload" };

    /// <summary>The strategy wants to remember something and be asked again.</summary>
    public static Progress Remember<T>(T state, string reason, string message, DeployReplicas? replicas = null) =>
        new()
        {
            Outcome = Outcome.Running,
            Reason = reason,
            Message = message,
            Replicas = replicas,
            State = Kubernetes.Json.ToElement(state),
            LookAgain = TimeSpan.Zero
        };
}
