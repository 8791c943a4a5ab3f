using DevopsCd.Contracts.Api;

namespace DevopsCd.Core.Notifications.Composing;

/// <summary>How one application stands at the moment of a notice. The image fields feed CDEvents and may be absent.</summary>
internal sealed record ApplicationOutcome(string Name, ReleaseStatus Outcome, string? Reason = null)
{
    public string? Cluster { get; init; }

    public string? ImageName { get; init; }

    public string? ImageTag { get; init; }

    public string? ImageDigest { get; init; }

    /// <summary>Why it has failed; null where nobody has told.</summary>
    public DeployCause? Cause { get; init; }

    /// <summary>Something of the application ran on the cluster before; null when nobody looked.</summary>
    public bool? Replaced { get; init; }

    /// <summary>What ran before the version that it replaces came back.</summary>
    public bool RolledBack { get; init; }
}
