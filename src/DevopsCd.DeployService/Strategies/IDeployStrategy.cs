using System.Text.Json;
using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Kubernetes;

namespace DevopsCd.DeployService.Strategies;

/// <summary>
/// One way to bring an image to a target. A strategy keeps nothing in memory: each step looks at the objects and at the record,
/// does at most what brings them nearer to the goal, and says how it stands. Steps may be repeated, at any moment and by several
/// replicas at once.
/// </summary>
internal interface IDeployStrategy
{
    /// <summary>The <c>strategy.type</c> of requests.</summary>
    string Name { get; }

    /// <summary>The kinds of workload it can deploy.</summary>
    IReadOnlyList<string> Kinds { get; }

    /// <summary>Whether the target is left with more than the new image on it while the operation is under way.</summary>
    bool LeavesTraces { get; }

    /// <summary>Whether it can wait for a promote; one that pauses by itself is let go on where it paused.</summary>
    bool TakesPromote => false;

    /// <summary>What is wrong with the settings: field and error. Asks no cluster.</summary>
    IEnumerable<(string Field, string Error)> Check(DeployOperationRequest request);

    /// <summary>Reads the target; throws <see cref="TargetRejectedException"/> when the request does not fit it.</summary>
    Task<Inspection> InspectAsync(Cluster cluster, DeployOperationRequest request, CancellationToken cancellationToken);

    /// <summary>What of a recorded target a caller is told: what runs again after a return.</summary>
    /// <param name="previous">As <see cref="InspectAsync"/> has read it.</param>
    /// <param name="request">The operation that has changed it since.</param>
    DeployPrevious Before(JsonElement previous, DeployOperationRequest request);

    /// <summary>The permissions it needs, for preflight.</summary>
    IEnumerable<(string Verb, KubeResource Resource)> Needs(DeployOperationRequest request);

    /// <summary>For how many pods there must be room beside those that run, for preflight's look at the quotas.</summary>
    int MorePods(DeployOperationRequest request, Inspection found) => 0;

    /// <summary>Sends the first write as a dry run; throws what the API server has against it.</summary>
    Task DryRunAsync(Cluster cluster, DeployOperationRequest request, CancellationToken cancellationToken);

    /// <summary>One step forward.</summary>
    Task<Progress> AdvanceAsync(OperationContext operation, CancellationToken cancellationToken);

    /// <summary>One step back to what was recorded before the operation began.</summary>
    Task<Progress> ReturnAsync(OperationContext operation, CancellationToken cancellationToken);

    /// <summary>Halts the rollout where it is; null when this kind of target cannot be halted.</summary>
    Task<Progress?> HoldAsync(OperationContext operation, CancellationToken cancellationToken);

    /// <summary>What must not stay when an operation that has failed is left as it is.</summary>
    Task<Progress> KeepAsync(OperationContext operation, CancellationToken cancellationToken) => Task.FromResult(Progress.Done("Kept", "it is left as it is"));

    /// <summary>Takes away what an ended operation has left beside the image, for the next one to begin on a workload as it should be; also where the workload itself is gone.</summary>
    Task<Progress> ClearAsync(OperationContext operation, CancellationToken cancellationToken) => Task.FromResult(Progress.Done("Cleared", ""));

    /// <summary>What somebody has done since to what the operation has ended with, as long as its <see cref="Progress.Tail"/> is not due; null when nobody has.</summary>
    Task<string?> DisturbedAsync(OperationContext operation, CancellationToken cancellationToken) => Task.FromResult<string?>(null);

    /// <summary>The work after success that <see cref="Progress.Tail"/> has announced.</summary>
    Task<Progress> FinishAsync(OperationContext operation, CancellationToken cancellationToken) => Task.FromResult(Progress.Done("Finished", ""));
}
