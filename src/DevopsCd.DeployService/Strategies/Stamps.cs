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

    public const string Operation = "devopscd.io/operation";
    public const string AcceptedAt = "devopscd.io/accepted-at";
    public const string State = "devopscd.io/state";
    public const string Track = "devopscd.io/track";
    public const string Workload = "devopscd.io/workload";

    /// <summary>The update strategy that was there before ours, as long as ours is in its place.</summary>
    public const string UpdateStrategy = "devopscd.io/update-strategy";
    public const string Deployed = "deployed";
    public const string Returned = "returned";
    public const string Held = "held";

    public static Dictionary<string, string> Of(OperationRecord record, string? previousImage, string state = Deployed)
    {
        var request = record.Request;
        var stamps = new Dictionary<string, string>();
        // The caller's first, so that no label of his can pass for a stamp of ours.
        foreach (var (name, value) in request.Labels ?? [])
            stamps[name.StartsWith(Prefix, StringComparison.Ordinal) ? name : $"label.{Prefix}{name}"] = value;
        stamps[Operation] = record.Id;
        stamps[AcceptedAt] = record.StartedAt.ToString("O");
        stamps[State] = state;
        stamps["devopscd.io/application"] = request.Application;
        stamps["devopscd.io/stage"] = request.Stage;
        stamps["devopscd.io/request-hash"] = record.Hash;
        if (previousImage is not null)
            stamps["devopscd.io/previous-image"] = previousImage;
        if (request.Image.IndexOf('@') is > 0 and var at)
            stamps["devopscd.io/digest"] = request.Image[(at + 1)..];
        return stamps;
    }

    public static bool IsOf(this KubeObject live, OperationRecord record) => live.Annotation(Operation) == record.Id;

    /// <summary>The id of a later operation that has stamped the object; null when the present stamp is ours, an earlier one or none.</summary>
    public static string? LaterThan(this KubeObject live, OperationRecord record) =>
        live.Annotation(Operation) is { } id && id != record.Id
        && live.Root.Time("metadata", "annotations", AcceptedAt) is { } accepted
        && (accepted > record.StartedAt || accepted == record.StartedAt && string.CompareOrdinal(id, record.Id) > 0)
            ? id
            : null;
}
