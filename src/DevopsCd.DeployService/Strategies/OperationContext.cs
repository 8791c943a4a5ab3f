using System.Text.Json;
using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Configuration;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Operations;

namespace DevopsCd.DeployService.Strategies;

/// <summary>What a step of a strategy may know.</summary>
internal sealed record OperationContext(OperationRecord Record, Cluster Cluster, RolloutOptions Rules, TimeProvider Clock, Func<CancellationToken, Task> StillCurrentAsync)
{
    public DeployOperationRequest Request => Record.Request;
    public string Namespace => Record.Request.Namespace;
    public DateTimeOffset Now => Clock.GetUtcNow();

    /// <summary>Whether a person has asked for the way back, even past later operations that have ended.</summary>
    public bool RollsBack => Record.Status.Ending?.Reason == Endings.RolledBack;

    public T? State<T>() where T : class => Record.Status.State?.Deserialize<T>(Json.Options);

    public T Previous<T>() => (Record.Previous ?? throw new InvalidOperationException($"operation {Record.Id} has recorded no previous state")).Deserialize<T>(Json.Options)!;
}
