using System.Text.Json;
using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Configuration;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Operations;

namespace DevopsCd.DeployService.Strategies;

/// <summary>What a step of a strategy may know.</summary>
internal sealed record OperationContext(OperationRecord Record, Cluster Cluster, RolloutOptions Rules, TimeProvider Clock)
{
    /// <summary>Throws <see cref="ConcurrentChangeException"/> when the record has changed since this step began.</summary>
    public required Func<CancellationToken, Task> StillCurrentAsync { get; init; }

    /// <summary>The record of any operation, from memory where it is known; null when there is none.</summary>
    public required Func<string, CancellationToken, Task<OperationRecord?>> FindRecordAsync { get; init; }

    /// <summary>What this process knows of the operation beside its record.</summary>
    public required Job Job { get; init; }

    /// <summary>Whether this process has seen the operation's image on the workload. It may be gone again, and must then not be written once more.</summary>
    public bool HasSeenImage => Job.SawImage;

    public DeployOperationRequest Request => Record.Request;
    public string Namespace => Record.Request.Namespace;
    public DateTimeOffset Now => Clock.GetUtcNow();

    /// <summary>Whether a person has asked for the way back, even past later operations that have ended.</summary>
    public bool RollsBack => Record.Status.Ending?.Reason == Endings.RolledBack;

    public void SawImage() => Job.SawImage = true;

    /// <summary>The object as the watch last saw it; null when there is none.</summary>
    public async Task<KubeObject?> SeenAsync(KubeResource resource, string name, CancellationToken cancellationToken)
    {
        var seen = await Cluster.SeenAsync(resource, Namespace, name, cancellationToken);
        Job.Basis.Note(resource, name, seen);
        return seen;
    }

    /// <summary>Takes in what a write of this operation has answered, without waiting for the watch to say it.</summary>
    public void Learn(KubeResource resource, KubeObject written)
    {
        Cluster.Learn(resource, written);
        Job.Basis.Note(resource, written.Name, written);
    }

    /// <summary>Brings the watch, which may lag behind, up to date; answers the object as it is now, or null when there is none.</summary>
    public async Task<KubeObject?> RereadAsync(KubeResource resource, string name, CancellationToken cancellationToken)
    {
        var now = await Cluster.RereadAsync(resource, Namespace, name, cancellationToken);
        Job.Basis.Note(resource, name, now);
        return now;
    }

    public T? State<T>() where T : class => Record.Status.State?.Deserialize<T>(Json.Options);

    public T Previous<T>() =>
        (Record.Previous ?? throw new InvalidOperationException($"operation {Record.Id} has recorded no previous state")).Deserialize<T>(Json.Options)!;
}
