using DevopsCd.Contracts.Api;

namespace DevopsCd.Ui.Tests.Components;

/// <summary>Views of batches as components get them.</summary>
internal static class ABatch
{
    public static readonly DateTimeOffset Noon = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);

    public static BatchView Of(params ReleaseView[] releases) => new()
    {
        Id = 7,
        BatchId = Guid.Empty,
        BatchNumber = "B20261130-007",
        Title = "Seven",
        Initiator = "ann",
        State = 0,
        StateName = "PendingApproval",
        StateLabel = "待审核",
        AvailableEvents = [],
        Version = 0,
        ContentHash = "0123456789abcdef",
        Approval = new ApprovalState
        {
            Event = "approve",
            Votes = 0,
            Required = 1,
            Reached = false,
            Missing = [],
            Given = [],
            NotByAuthor = false,
            OnChange = "keep"
        },
        ContentChangedSinceApproval = false,
        CancelRequested = false,
        PreAttempt = 0,
        ProdAttempt = 0,
        RollbackAttempt = 0,
        RollbackRequested = false,
        AutoDeployBlocked = false,
        ProdDirty = false,
        CreatedAt = Noon,
        UpdatedAt = Noon,
        Releases = releases
    };

    public static ReleaseView Release(string application, params string[] dependsOn) => new()
    {
        Application = application,
        Branch = "main",
        BuildWithdrawn = false,
        NewerBuildExists = false,
        IsLocked = false,
        DependsOn = dependsOn,
        PreStatus = "none",
        ProdStatus = "none",
        RollbackStatus = "none",
        Deployments = []
    };

    public static DeploymentView Operation(string cluster, string status, string? error = null) => new()
    {
        OperationId = $"op-{cluster}",
        Stage = "pre",
        Cluster = cluster,
        Attempt = 1,
        Status = status,
        Tries = 1,
        Image = "registry.example/x:1",
        StartedAt = Noon,
        FinishedAt = Noon.AddSeconds(90),
        DeadlineAt = Noon.AddMinutes(10),
        Error = error
    };
}
