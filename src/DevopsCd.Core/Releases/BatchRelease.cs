
namespace DevopsCd.Core.Releases;

/// <summary>One application of a batch.</summary>
internal sealed class BatchRelease
{
    private IReadOnlyList<SealedTarget>? _sealed;

    public long Id { get; set; }

    public long BatchId { get; set; }

    public Batch Batch { get; set; } = null!;

    public long AppId { get; set; }

    public Application App { get; set; } = null!;

    /// <summary>The branch of its build and, unless it is pinned, the one whose builds flow in.</summary>
    public string Branch { get; set; } = "";

    public long? BuildId { get; set; }

    public Build? Build { get; set; }

    /// <summary>The newest successful build of the branch, in every open state (R2).</summary>
    public long? LatestBuildId { get; set; }

    public Build? LatestBuild { get; set; }

    /// <summary>Who fixed the build; a pinned release does not refresh.</summary>
    public string? PinnedBy { get; private set; }

    /// <summary>The branch it followed when it was pinned, and follows again afterwards; null while it is not pinned.</summary>
    public string? FollowedBranch { get; private set; }

    public string? ImageName { get; set; }

    public string? ImageTag { get; set; }

    public string? ImageDigest { get; set; }

    public string? CommitId { get; set; }

    public bool IsLocked { get; set; }

    /// <summary>The batch has not ended. A unique index over open releases is R3.</summary>
    public bool IsOpen { get; set; } = true;

    /// <summary>Applications of the same batch that deploy first.</summary>
    public List<string> DependsOn { get; set; } = [];

    /// <summary>Deploy settings as they were when the batch was sealed; null before (R4).</summary>
    public string? SealedTargets { get; set; }

    public ReleaseStatus PreStatus { get; set; }

    public ReleaseStatus ProdStatus { get; set; }

    public ReleaseStatus RollbackStatus { get; set; }

    /// <summary>What it waits for, or why it failed.</summary>
    public string? StatusReason { get; set; }

    /// <summary>The property that holds a stage's outcome, for queries.</summary>
    public static string OutcomeProperty(Stage stage) => stage switch
    {
        Stage.Pre => nameof(PreStatus),
        Stage.Prod => nameof(ProdStatus),
        _ => nameof(RollbackStatus)
    };

    public ReleaseStatus Outcome(Stage stage) => Outcome(stage, PreStatus, ProdStatus, RollbackStatus);

    /// <summary>That of a stage, of those of all stages.</summary>
    public static ReleaseStatus Outcome(Stage stage, ReleaseStatus pre, ReleaseStatus prod, ReleaseStatus rollback) => stage switch
    {
        Stage.Pre => pre,
        Stage.Prod => prod,
        _ => rollback
    };

    /// <summary>The image as it is deployed: by digest where it is known, and with the tag, so that people and tools see a version.</summary>
    public string Image => ImageDigest is null ? $"{ImageName}:{ImageTag}" : $"{ImageName}:{ImageTag}@{ImageDigest}";

    /// <summary>The sealed settings of a stage.</summary>
    public IReadOnlyList<SealedTarget> Targets(Stage stage) => [.. (_sealed ??= SealedTarget.Read(SealedTargets)).Where(t => t.Stage == stage.Place())];

    /// <summary>The batch is open again: builds flow in, and what the stages have shown is over.</summary>
    public void Unlock()
    {
        (IsLocked, SealedTargets, _sealed) = (false, null, null);
        (PreStatus, ProdStatus, RollbackStatus, StatusReason) = (ReleaseStatus.None, ReleaseStatus.None, ReleaseStatus.None, null);
    }

    /// <summary>It goes on in another batch, whose content is not fixed. What was deployed of it stays in the history of this one.</summary>
    /// <param name="batchId">The other batch.</param>
    /// <param name="applications">All that move there with it: what it depends on beside them, it waits for no longer.</param>
    public void Move(long batchId, IReadOnlyCollection<string> applications)
    {
        Unlock();
        BatchId = batchId;
        DependsOn = [.. DependsOn.Where(applications.Contains)];
    }

    public void Show(Stage stage, ReleaseStatus outcome, string? reason)
    {
        switch (stage)
        {
            case Stage.Pre:
                PreStatus = outcome;
                break;
            case Stage.Prod:
                ProdStatus = outcome;
                break;
            default:
                RollbackStatus = outcome;
                // What was taken back runs in production no more.
                if (outcome == ReleaseStatus.Succeeded)
                    ProdStatus = ReleaseStatus.None;
                break;
        }
        StatusReason = reason;
    }

    /// <summary>Fixes a build, which may be of another branch.</summary>
    public void Pin(Build build, string by)
    {
        FollowedBranch ??= Branch;
        PinnedBy = by;
        Take(build);
    }

    /// <summary>Another branch, whose builds it follows: at once, or while it is pinned from its unpinning on.</summary>
    public void Follow(string branch)
    {
        if (PinnedBy is not null)
        {
            FollowedBranch = branch;
            return;
        }
        Drop();
        (LatestBuildId, Branch) = (null, branch);
    }

    /// <summary>Back to the branch it followed. What was pinned from another branch goes, whether or not that one has a build.</summary>
    public void Unpin()
    {
        if (FollowedBranch is { } followed && followed != Branch)
        {
            (BuildId, LatestBuildId, CommitId, ImageName, ImageTag, ImageDigest) = (null, null, null, null, null, null);
            Branch = followed;
        }
        (PinnedBy, FollowedBranch) = (null, null);
    }

    /// <summary>Its build is no longer offered and the branch has no other.</summary>
    public void Drop() => (BuildId, CommitId, ImageName, ImageTag, ImageDigest) = (null, null, null, null, null);

    public void Take(Build build)
    {
        BuildId = build.Id;
        CommitId = build.CommitId;
        ImageName = build.ImageName;
        ImageTag = build.ImageTag;
        ImageDigest = build.ImageDigest;
        Branch = build.Branch;
    }
}
