using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Operations;

namespace DevopsCd.DeployService.Strategies;

/// <summary>
/// What is written on the objects themselves: which operation has made them what they are. It answers "did an earlier try land?"
/// and keeps a replica that has slept through a later operation from undoing it.
/// </summary>
internal static class Stamps
{
    private const string Prefix = "devopscd.io/";
    private const string Application = "devopscd.io/application";
    private const string Stage = "devopscd.io/stage";
    private const string RequestHash = "devopscd.io/request-hash";
    private const string PreviousImage = "devopscd.io/previous-image";
    private const string Digest = "devopscd.io/digest";

    public const string Operation = "devopscd.io/operation";
    public const string AcceptedAt = "devopscd.io/accepted-at";
    public const string State = "devopscd.io/state";
    public const string Track = "devopscd.io/track";
    public const string Workload = "devopscd.io/workload";

    /// <summary>On a second workload: the uid of the workload it belongs to. A copy in another namespace or cluster names one that is not there.</summary>
    public const string WorkloadUid = "devopscd.io/workload-uid";

    /// <summary>The update strategy that was there before ours, as long as ours is in its place.</summary>
    public const string UpdateStrategy = "devopscd.io/update-strategy";

    /// <summary>The condition Progressing as it was before our write: what it said then it did not say of this rollout.</summary>
    public const string ProgressingBefore = "devopscd.io/progressing-before";

    /// <summary>On the workload of a canary by ratio: how many pods it was left, and of how many. What is to be known even where the record is gone.</summary>
    public const string Size = "devopscd.io/size";

    /// <summary>On a route: the canary's weight as we have last written it.</summary>
    public const string Weight = "devopscd.io/weight";
    public const string Deployed = "deployed";
    public const string Returned = "returned";
    public const string Held = "held";

    private static readonly HashSet<string> s_reserved =
        [Operation, AcceptedAt, State, Track, Workload, WorkloadUid, UpdateStrategy, ProgressingBefore, Size, Weight, Application, Stage, RequestHash,
            PreviousImage, Digest];

    public static Dictionary<string, string> Of(OperationRecord record, KubeObject? live, string? previousImage, string state = Deployed)
    {
        var request = record.Request;
        var stamps = new Dictionary<string, string>();
        // No label of a caller can pass for a stamp of ours.
        foreach (var (name, value) in request.Labels ?? [])
            stamps[!name.StartsWith(Prefix, StringComparison.Ordinal) ? $"label.{Prefix}{name}" : s_reserved.Contains(name) ? $"label.{name}" : name] = value;
        stamps[Operation] = record.Id;
        stamps[AcceptedAt] = record.StartedAt.ToString("O");
        stamps[State] = state;
        stamps[Application] = request.Application;
        stamps[Stage] = request.Stage;
        stamps[RequestHash] = record.Hash;
        if (live is not null && ProgressingOf(live) is { } progressing)
            stamps[ProgressingBefore] = progressing;
        if (previousImage is not null)
            stamps[PreviousImage] = previousImage;
        if (request.Image.IndexOf('@') is > 0 and var at)
            stamps[Digest] = request.Image[(at + 1)..];
        return stamps;
    }

    /// <summary>
    /// Whether the condition Progressing is that of the rollout our write has begun. A Deployment keeps "deadline exceeded" of a failed
    /// rollout until the next one is complete; told by the condition itself and not by its time, for the clocks are not one.
    /// </summary>
    public static bool IsOfThisRollout(this KubeObject live) => ProgressingOf(live) != live.Annotation(ProgressingBefore);

    private static string? ProgressingOf(KubeObject live) =>
        live.Root.Condition("Progressing") is { } condition ? $"{condition.Text("reason")} {condition.Text("lastUpdateTime")}" : null;

    /// <summary>Whether it was this service that last wrote that annotation: anybody can write one that looks the same.</summary>
    public static bool Wrote(this KubeObject live, string annotation) =>
        live.Root.Items("metadata", "managedFields")
            .Any(e => e.Text("manager") == KubeApi.FieldManager && e.At("fieldsV1", "f:metadata", "f:annotations", $"f:{annotation}") is not null);

    public static bool IsOf(this KubeObject live, OperationRecord record) => live.Annotation(Operation) == record.Id;

    /// <summary>
    /// The id of a later operation that has stamped the object; null when the present stamp is ours, an earlier one or none. A stamp
    /// is only a hint at a record: without one that says the same it is a copy, or somebody's own writing, and hinders nobody.
    /// </summary>
    public static async Task<string?> LaterThanAsync(this KubeObject live, OperationContext operation, CancellationToken cancellationToken)
    {
        if (live.Annotation(Operation) is not { } id || id == operation.Record.Id
            || live.Root.Time("metadata", "annotations", AcceptedAt) is not { } accepted || accepted < operation.Record.StartedAt)
            return null;
        return await operation.FindRecordAsync(id, cancellationToken) is { } other && other.Workload == operation.Record.Workload
            && other.IsLaterThan(operation.Record) ? id : null;
    }
}
