namespace DevopsCd.Core.Policies;

/// <summary>What a project, or all that a batch concerns, asks of a release: complete, and within the bounds of the configuration.</summary>
internal sealed record ProjectPolicy
{
    /// <summary>What a batch needs to be approved.</summary>
    public required ApprovalPolicy Approvals { get; init; }

    /// <summary>Whose approval the start of production needs, counting the person who starts it; null for nobody's.</summary>
    public ApprovalPolicy? ProdApprovals { get; init; }

    /// <summary>Whether pre-production starts by itself after the seal.</summary>
    public bool AutomaticPreDeploy { get; init; } = true;

    /// <summary>Operations of one batch in flight at once, over all instances.</summary>
    public required int ConcurrentApps { get; init; }

    /// <summary>Bounds one application over all its tries.</summary>
    public required TimeSpan SingleAppTimeout { get; init; }

    /// <summary>Bounds a stage from its start.</summary>
    public required TimeSpan BatchTimeout { get; init; }

    /// <summary>Time between the end of a wave and the start of the next one; of a rollback none.</summary>
    public TimeSpan Soak { get; init; }

    /// <summary>The channels that are told; null where the configuration says.</summary>
    public IReadOnlyList<string>? Channels { get; init; }

    /// <summary>What has to pass before a batch goes on, or before a stage counts as completed (R22).</summary>
    public IReadOnlyList<Gate> Gates { get; init; } = [];

    /// <summary>
    /// What satisfies both: a batch that spans projects is released by the strictest of their rules. Left out are channels,
    /// which are no rule, and gates: each project's own are asked.
    /// </summary>
    public ProjectPolicy And(ProjectPolicy other) => new()
    {
        Approvals = Approvals.And(other.Approvals),
        ProdApprovals = ProdApprovals is { } mine && other.ProdApprovals is { } theirs ? mine.And(theirs) : ProdApprovals ?? other.ProdApprovals,
        AutomaticPreDeploy = AutomaticPreDeploy && other.AutomaticPreDeploy,
        ConcurrentApps = Math.Min(ConcurrentApps, other.ConcurrentApps),
        SingleAppTimeout = SingleAppTimeout < other.SingleAppTimeout ? SingleAppTimeout : other.SingleAppTimeout,
        BatchTimeout = BatchTimeout < other.BatchTimeout ? BatchTimeout : other.BatchTimeout,
        Soak = Soak > other.Soak ? Soak : other.Soak
    };
}
