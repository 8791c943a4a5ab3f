using System.Collections.Frozen;
using DevopsCd.Contracts;
using MassTransit;

namespace DevopsCd.Core.Releases;

/// <summary>The events of a batch, in the seed's order, extensions after them. A new event is one entry here and one row in the state machine.</summary>
internal static class BatchEventTypes
{
    public static IReadOnlyList<BatchEventType> All { get; } =
    [
        new BatchEventType<CreateBatch>(m => new(m.BatchId, m.Operator))
        {
            Key = "create", MachineEvent = "Submitted", Label = "创建批次", EnglishLabel = "Create", RaisedBy = EventRaisers.Person, Permission = "create"
        },
        new BatchEventType<ApproveBatch>(
            m => new(m.BatchId, m.Operator, m.Reason, m.ExpectedVersion, m.ContentHash),
            r => new() { BatchId = r.BatchId, Operator = r.Operator, Reason = r.Reason, ContentHash = r.ContentHash, ExpectedVersion = r.ExpectedVersion })
        {
            Key = "approve", Label = "审核通过", EnglishLabel = "Approve", RaisedBy = EventRaisers.Person, Permission = "approve", Tone = EventTone.Good,
            Approves = ApprovalKind.Release
        },
        new BatchEventType<RejectBatch>(
            m => new(m.BatchId, m.Operator, m.Reason, m.ExpectedVersion),
            r => new() { BatchId = r.BatchId, Operator = r.Operator, Reason = r.Reason ?? "", ExpectedVersion = r.ExpectedVersion })
        {
            Key = "reject", Label = "审核拒绝", EnglishLabel = "Reject", RaisedBy = EventRaisers.Person, Permission = "approve", ReasonRequired = true
        },
        new BatchEventType<CancelBatch>(
            m => new(m.BatchId, m.Operator, m.Reason, m.ExpectedVersion, AcceptMoved: m.AcceptMoved),
            r => new()
            {
                BatchId = r.BatchId,
                Operator = r.Operator,
                Reason = r.Reason ?? "",
                AcceptMoved = r.AcceptMoved,
                ExpectedVersion = r.ExpectedVersion
            })
        {
            Key = "cancel", Label = "取消批次", EnglishLabel = "Cancel", RaisedBy = EventRaisers.Person, Permission = "cancel", ReasonRequired = true,
            WhyNot = new Dictionary<string, Sentence>
            {
                [BatchStatus.ProdDeploying] = "production must first reach a result; cancel is refused while it deploys",
                [BatchStatus.ProdRollingBack] = "production must first reach a result; cancel is refused while it is rolled back"
            }
        },
        new BatchEventType<ConfirmBatchTag>(
            m => new(m.BatchId, m.Operator, m.Reason, m.ExpectedVersion, m.ContentHash),
            r => new() { BatchId = r.BatchId, Operator = r.Operator, Reason = r.Reason, ContentHash = r.ContentHash, ExpectedVersion = r.ExpectedVersion })
        {
            Key = "confirm_tag", Label = "封板确认", EnglishLabel = "Seal", RaisedBy = EventRaisers.Person, Permission = "seal", Seals = true
        },
        new BatchEventType<StartPreDeploy>(
            m => new(m.BatchId, m.Operator, m.Reason, m.ExpectedVersion, All: m.All, OverrideFreeze: m.OverrideFreeze, NotBefore: m.NotBefore,
                ExpiresAt: m.ExpiresAt),
            r => new()
            {
                BatchId = r.BatchId,
                Operator = r.Operator,
                Reason = r.Reason,
                ExpectedVersion = r.ExpectedVersion,
                All = r.All,
                OverrideFreeze = r.OverrideFreeze,
                NotBefore = r.NotBefore,
                ExpiresAt = r.ExpiresAt
            })
        {
            Key = "start_pre_deploy", Label = "开始预发布", EnglishLabel = "Start pre-production", RaisedBy = EventRaisers.Person | EventRaisers.Engine,
            Permission = "deploy_pre", Stage = Releases.Stage.Pre, StageEffect = StageEffect.Begins
        },
        new BatchEventType<PreDeployCompleted>(
            m => new(m.BatchId, m.Operator, Attempt: m.Attempt), r => new() { BatchId = r.BatchId, Operator = r.Operator, Attempt = r.Attempt })
        {
            Key = "pre_deploy_completed", Label = "预发布完成", EnglishLabel = "Pre-production completed",
            RaisedBy = EventRaisers.Engine | EventRaisers.DeploySystem, Permission = "deployment.report",
            Stage = Releases.Stage.Pre, StageEffect = StageEffect.Ends, Tone = EventTone.Good
        },
        new BatchEventType<PreDeployFailed>(
            m => new(m.BatchId, m.Operator, m.Reason, Attempt: m.Attempt),
            r => new() { BatchId = r.BatchId, Operator = r.Operator, Reason = r.Reason ?? NoReason, Attempt = r.Attempt })
        {
            Key = "pre_deploy_failed", Label = "预发布失败", EnglishLabel = "Pre-production failed",
            RaisedBy = EventRaisers.Engine | EventRaisers.DeploySystem, Permission = "deployment.report",
            Stage = Releases.Stage.Pre, StageEffect = StageEffect.Ends, Tone = EventTone.Bad
        },
        new BatchEventType<StartProdDeploy>(
            m => new(m.BatchId, m.Operator, m.Reason, m.ExpectedVersion, OverrideFreeze: m.OverrideFreeze, NotBefore: m.NotBefore, ExpiresAt: m.ExpiresAt),
            r => new()
            {
                BatchId = r.BatchId,
                Operator = r.Operator,
                Reason = r.Reason,
                ExpectedVersion = r.ExpectedVersion,
                OverrideFreeze = r.OverrideFreeze,
                NotBefore = r.NotBefore,
                ExpiresAt = r.ExpiresAt
            })
        {
            Key = "start_prod_deploy", Label = "开始生产部署", EnglishLabel = "Start production", RaisedBy = EventRaisers.Person, Permission = "deploy_prod",
            Stage = Releases.Stage.Prod, StageEffect = StageEffect.Begins, Approves = ApprovalKind.Production
        },
        new BatchEventType<ProdDeployCompleted>(
            m => new(m.BatchId, m.Operator, Attempt: m.Attempt), r => new() { BatchId = r.BatchId, Operator = r.Operator, Attempt = r.Attempt })
        {
            Key = "prod_deploy_completed", Label = "生产部署完成", EnglishLabel = "Production completed",
            RaisedBy = EventRaisers.Engine | EventRaisers.DeploySystem, Permission = "deployment.report",
            Stage = Releases.Stage.Prod, StageEffect = StageEffect.Ends, Tone = EventTone.Good
        },
        new BatchEventType<ProdDeployFailed>(
            m => new(m.BatchId, m.Operator, m.Reason, Attempt: m.Attempt),
            r => new() { BatchId = r.BatchId, Operator = r.Operator, Reason = r.Reason ?? NoReason, Attempt = r.Attempt })
        {
            Key = "prod_deploy_failed", Label = "生产部署失败", EnglishLabel = "Production failed",
            RaisedBy = EventRaisers.Engine | EventRaisers.DeploySystem, Permission = "deployment.report",
            Stage = Releases.Stage.Prod, StageEffect = StageEffect.Ends, Tone = EventTone.Bad
        },
        new BatchEventType<AcceptBatch>(
            m => new(m.BatchId, m.Operator, m.Reason, m.ExpectedVersion),
            r => new() { BatchId = r.BatchId, Operator = r.Operator, Reason = r.Reason, ExpectedVersion = r.ExpectedVersion })
        {
            Key = "final_accept", Label = "最终验收", EnglishLabel = "Accept", RaisedBy = EventRaisers.Person, Permission = "accept", Tone = EventTone.Good
        },
        new BatchEventType<DeployStopped>(m => new(m.BatchId, m.Operator, Attempt: m.Attempt))
        {
            Key = "deploy_stopped", Label = "部署已停止", EnglishLabel = "Deployment stopped", RaisedBy = EventRaisers.Engine, Permission = null,
            Stage = Releases.Stage.Pre, StageEffect = StageEffect.Ends, Extension = true, Internal = true
        },
        new BatchEventType<RevokeApproval>(
            m => new(m.BatchId, m.Operator, m.Reason, m.ExpectedVersion),
            r => new() { BatchId = r.BatchId, Operator = r.Operator, Reason = r.Reason ?? "", ExpectedVersion = r.ExpectedVersion })
        {
            Key = "revoke_approval", Label = "撤销审核", EnglishLabel = "Revoke the approval", RaisedBy = EventRaisers.Person | EventRaisers.Engine,
            Permission = "approve", ReasonRequired = true, Extension = true
        },
        new BatchEventType<ReopenBatch>(
            m => new(m.BatchId, m.Operator, m.Reason, m.ExpectedVersion),
            r => new() { BatchId = r.BatchId, Operator = r.Operator, Reason = r.Reason ?? "", ExpectedVersion = r.ExpectedVersion })
        {
            Key = "reopen", Label = "重新开放", EnglishLabel = "Reopen", RaisedBy = EventRaisers.Person, Permission = "reopen", ReasonRequired = true,
            Extension = true, Reopens = true
        },
        new BatchEventType<StartProdRollback>(
            m => new(m.BatchId, m.Operator, m.Reason, m.ExpectedVersion),
            r => new() { BatchId = r.BatchId, Operator = r.Operator, Reason = r.Reason ?? "", ExpectedVersion = r.ExpectedVersion })
        {
            Key = "start_prod_rollback", Label = "开始正式回滚", EnglishLabel = "Roll back production", RaisedBy = EventRaisers.Person, Permission = "rollback",
            Stage = Releases.Stage.Rollback, StageEffect = StageEffect.Begins, ReasonRequired = true, Extension = true,
            WhyNot = new Dictionary<string, Sentence>
            {
                [BatchStatus.FinalAccepted] =
                    "the batch has ended as FinalAccepted and no longer changes; POST …/revert makes a new batch of what ran before it"
            }
        },
        new BatchEventType<ProdDeployStopped>(m => new(m.BatchId, m.Operator, Attempt: m.Attempt))
        {
            Key = "prod_deploy_stopped", Label = "正式发布已中止", EnglishLabel = "Production stopped", RaisedBy = EventRaisers.Engine, Permission = null,
            Stage = Releases.Stage.Prod, StageEffect = StageEffect.Ends, Extension = true, Internal = true
        },
        new BatchEventType<ProdRollbackCompleted>(
            m => new(m.BatchId, m.Operator, Attempt: m.Attempt), r => new() { BatchId = r.BatchId, Operator = r.Operator, Attempt = r.Attempt })
        {
            Key = "prod_rollback_completed", Label = "正式回滚完成", EnglishLabel = "Production rolled back",
            RaisedBy = EventRaisers.Engine | EventRaisers.DeploySystem, Permission = "deployment.report",
            Stage = Releases.Stage.Rollback, StageEffect = StageEffect.Ends, Tone = EventTone.Good, Extension = true
        },
        new BatchEventType<ProdRollbackFailed>(
            m => new(m.BatchId, m.Operator, m.Reason, Attempt: m.Attempt),
            r => new() { BatchId = r.BatchId, Operator = r.Operator, Reason = r.Reason ?? NoReason, Attempt = r.Attempt })
        {
            Key = "prod_rollback_failed", Label = "正式回滚失败", EnglishLabel = "Rollback of production failed",
            RaisedBy = EventRaisers.Engine | EventRaisers.DeploySystem, Permission = "deployment.report",
            Stage = Releases.Stage.Rollback, StageEffect = StageEffect.Ends, Tone = EventTone.Bad, Extension = true
        },
    ];

    /// <summary>The event by which a stage ends in success or in failure.</summary>
    public static BatchEventType EndOf(Stage stage, bool succeeded) =>
        All.Single(e => e.Stage == stage && e.StageEffect == StageEffect.Ends && e.Tone == (succeeded ? EventTone.Good : EventTone.Bad));

    /// <summary>The event by which people approve.</summary>
    public static BatchEventType ByWhich(ApprovalKind kind) => All.Single(e => e.Approves == kind);

    /// <summary>The events of the table, without the one that creates a batch.</summary>
    public static IReadOnlyList<BatchEventType> Moving { get; } = [.. All.Where(e => !e.Creates)];

    /// <summary>What can be asked for by key, in the seed's order.</summary>
    public static IReadOnlyList<BatchEventType> Requestable { get; } = [.. All.Where(e => e.CanBeRequested)];

    private const string NoReason = "reported without a reason";

    private static readonly FrozenDictionary<string, BatchEventType> s_byKey = All.ToFrozenDictionary(e => e.Key, StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, BatchEventType> s_byMachineEvent = All.ToFrozenDictionary(e => e.MachineEvent, StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, int> s_order =
        All.Select((e, i) => (e.Key, i)).ToFrozenDictionary(e => e.Key, e => e.i, StringComparer.Ordinal);

    /// <exception cref="KeyNotFoundException">There is no event of that key.</exception>
    public static BatchEventType Get(string key) => s_byKey[key];

    /// <summary>Null for a key of the audit that is no event of the table, such as a refreshed build.</summary>
    public static BatchEventType? Find(string? key) => key is null ? null : s_byKey.GetValueOrDefault(key);

    /// <summary>Null for the events that a state machine has of its own: entering and leaving states.</summary>
    public static BatchEventType? OfMachine(string eventName) => s_byMachineEvent.GetValueOrDefault(eventName);

    /// <summary>The descriptor of a message type; null when it carries no event.</summary>
    public static BatchEventType<T>? Of<T>() where T : class => Cache<T>.Type;

    /// <summary>The event that a message carries with what it says of it, or null for a message that carries none.</summary>
    public static (BatchEventType Type, BatchEventHead Head)? Carried(ConsumeContext context)
    {
        foreach (var type in All)
            if (type.Find(context) is { } head)
                return (type, head);
        return null;
    }

    public static int Order(string key) => s_order[key];

    private static class Cache<T> where T : class
    {
        public static readonly BatchEventType<T>? Type = All.OfType<BatchEventType<T>>().SingleOrDefault();
    }
}
