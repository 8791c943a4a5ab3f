using System.Collections.Frozen;
using DevopsCd.Core.Access;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Gates;
using DevopsCd.Core.Scanning;

namespace DevopsCd.Host.Ui.Texts;

/// <summary>What pages call the things that the API names, in Chinese and in English. A name that is not here yet is shown as it is.</summary>
internal static class NameTable
{
    /// <summary>States of a batch, by their English names.</summary>
    public static FrozenDictionary<string, (string Zh, string En)> States { get; } = new Dictionary<string, (string, string)>
    {
        [BatchStatus.PendingApproval] = (BatchStatus.Label(BatchStatus.PendingApproval), "Pending approval"),
        [BatchStatus.Approved] = (BatchStatus.Label(BatchStatus.Approved), "Approved"),
        [BatchStatus.Rejected] = (BatchStatus.Label(BatchStatus.Rejected), "Rejected"),
        [BatchStatus.Sealed] = (BatchStatus.Label(BatchStatus.Sealed), "Sealed"),
        [BatchStatus.PreDeploying] = (BatchStatus.Label(BatchStatus.PreDeploying), "Deploying to pre-production"),
        [BatchStatus.PreDeployed] = (BatchStatus.Label(BatchStatus.PreDeployed), "In pre-production"),
        [BatchStatus.ProdDeploying] = (BatchStatus.Label(BatchStatus.ProdDeploying), "Deploying to production"),
        [BatchStatus.ProdDeployed] = (BatchStatus.Label(BatchStatus.ProdDeployed), "In production"),
        [BatchStatus.ProdRollingBack] = (BatchStatus.Label(BatchStatus.ProdRollingBack), "Rolling production back"),
        [BatchStatus.FinalAccepted] = (BatchStatus.Label(BatchStatus.FinalAccepted), "Accepted"),
        [BatchStatus.Cancelled] = (BatchStatus.Label(BatchStatus.Cancelled), "Cancelled")
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>DORA's five measures and what their pictures show, by the names of the API.</summary>
    public static FrozenDictionary<string, (string Zh, string En)> DoraMeasures { get; } = new Dictionary<string, (string, string)>
    {
        ["deployment_frequency"] = ("部署频率", "Deployment frequency"),
        ["change_lead_time"] = ("变更前置时间", "Change lead time"),
        ["change_fail_rate"] = ("变更失败率", "Change fail rate"),
        ["failed_deployment_recovery_time"] = ("失败部署恢复时间", "Failed deployment recovery time"),
        ["deployment_rework_rate"] = ("部署返工率", "Deployment rework rate"),
        ["deployments"] = ("成功", "Taken"),
        ["failures"] = ("失败", "Failed")
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>How they are reckoned, in Chinese; the API says it in English.</summary>
    public static FrozenDictionary<string, string> DoraDefinitions { get; } = new Dictionary<string, string>
    {
        ["deployment_frequency"] = "所选时间内平均每天成功进入生产的批次数。",
        ["change_lead_time"] = "各应用从变更到进入生产所用时间的中位数。引擎只知道构建而非每次提交：自生产尚未包含的最早构建完成起计时，被中断或回滚的发布不重新计时。",
        ["change_fail_rate"] = "生产部署中失败、被中断或被回滚的比例。",
        ["failed_deployment_recovery_time"] = "从生产部署失败到回滚完成、或同一应用后续发布成功所用时间的中位数；尚未恢复的不计入。",
        ["deployment_rework_rate"] = "计划外的生产部署比例：即重做或修复同一批次中出错部署的那些。"
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>What the audit records beside the events of the table.</summary>
    public static FrozenDictionary<string, (string Zh, string En)> Notes { get; } = new Dictionary<string, (string, string)>
    {
        ["build_refreshed"] = ("构建已更新", "Build refreshed"),
        ["pinned"] = ("固定构建", "Build pinned"),
        ["unpinned"] = ("取消固定", "Build unpinned"),
        ["dependencies_changed"] = ("依赖已修改", "Dependencies changed"),
        ["build_withdrawn"] = ("构建已撤回", "Build withdrawn"),
        ["application_added"] = ("应用已添加", "Application added"),
        ["application_removed"] = ("应用已移除", "Application removed"),
        ["applications_split"] = ("应用已拆分", "Applications split off"),
        ["title_changed"] = ("标题已修改", "Title changed"),
        ["project_changed"] = ("项目已修改", "Project changed"),
        ["branch_changed"] = ("分支已修改", "Branch changed"),
        ["approval_given"] = ("已投票", "Vote given"),
        ["freeze_overridden"] = ("已越过封网", "Freeze overridden"),
        [TellLateOperations.OperationLate] = ("部署比平时慢", "Takes longer than usual"),
        [GateDesk.GatePassed] = ("门禁已通过", "Gate passed"),
        [GateDesk.GateFailed] = ("门禁未通过", "Gate failed"),
        [GateDesk.GateOverridden] = ("已跳过门禁", "Gate overridden"),
        [GateDesk.GateAskedAgain] = ("门禁重新检查", "Gate asked again"),
        [GateDesk.Awaited] = ("等待门禁", "Gates awaited"),
        [ScheduledStarts.Scheduled] = ("已预约启动", "Start scheduled"),
        [ScheduledStarts.Withdrawn] = ("预约已撤回", "Scheduled start withdrawn"),
        [ScheduledStarts.Expired] = ("预约已过期", "Scheduled start expired"),
        [ScheduledStarts.Refused] = ("预约未能启动", "Scheduled start refused")
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>How applications and operations stand.</summary>
    public static FrozenDictionary<string, (string Zh, string En)> Outcomes { get; } = new Dictionary<string, (string, string)>
    {
        ["none"] = ("未开始", "not begun"),
        ["waiting"] = ("等待中", "waiting"),
        ["deploying"] = ("部署中", "deploying"),
        ["succeeded"] = ("成功", "succeeded"),
        ["failed"] = ("失败", "failed"),
        ["timed_out"] = ("超时", "timed out"),
        ["held"] = ("被阻挡", "held"),
        ["skipped"] = ("已跳过", "skipped"),
        ["stopped"] = ("已停止", "stopped"),
        ["pending"] = ("待提交", "pending"),
        ["progressing"] = ("进行中", "progressing")
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>How gates stand.</summary>
    public static FrozenDictionary<string, (string Zh, string En)> Gates { get; } = new Dictionary<string, (string, string)>
    {
        [GateViews.Waiting] = ("尚未检查", "not asked yet"),
        ["pending"] = ("等待结果", "waits for a result"),
        ["passed"] = ("已通过", "passed"),
        ["failed"] = ("未通过", "failed"),
        ["overridden"] = ("已跳过", "overridden"),
        ["outdated"] = ("已失效", "outdated")
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Where gates stand.</summary>
    public static FrozenDictionary<string, (string Zh, string En)> GatePoints { get; } = new Dictionary<string, (string, string)>
    {
        ["before_seal"] = ("封板前", "before the seal"),
        ["before_pre"] = ("预发布前", "before pre-production"),
        ["after_pre"] = ("预发布后", "after pre-production"),
        ["before_prod"] = ("生产前", "before production"),
        ["after_prod"] = ("生产后", "after production")
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>How gates are decided.</summary>
    public static FrozenDictionary<string, (string Zh, string En)> GateKinds { get; } = new Dictionary<string, (string, string)>
    {
        ["webhook"] = ("Webhook", "webhook"),
        ["http"] = ("HTTP 状态", "HTTP status"),
        ["prometheus"] = ("Prometheus 查询", "Prometheus query"),
        ["manual"] = ("人工确认", "a person")
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>What a plan does to an application.</summary>
    public static FrozenDictionary<string, (string Zh, string En)> PlanActions { get; } = new Dictionary<string, (string, string)>
    {
        [BatchPlans.Deploy] = ("部署", "deploy"),
        [BatchPlans.Restore] = ("恢复", "restore"),
        [BatchPlans.Keep] = ("保持", "keep"),
        [BatchPlans.Stay] = ("新应用，保留", "new, stays"),
        [BatchPlans.Skip] = ("跳过", "skip")
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>What became of an event.</summary>
    public static FrozenDictionary<string, (string Zh, string En)> EventOutcomes { get; } = new Dictionary<string, (string, string)>
    {
        ["accepted"] = ("已接受", "accepted"),
        ["refused"] = ("已拒绝", "refused"),
        ["denied"] = ("无权限", "denied"),
        ["ignored"] = ("已忽略", "ignored"),
        ["noted"] = ("已记录", "noted")
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Through what an event came.</summary>
    public static FrozenDictionary<string, (string Zh, string En)> Sources { get; } = new Dictionary<string, (string, string)>
    {
        [EventSource.Http] = ("通过 API 或页面", "by API or page"),
        [EventSource.Message] = ("通过消息", "by message"),
        [EventSource.Engine] = ("由引擎", "by the engine")
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>How notices stand.</summary>
    public static FrozenDictionary<string, (string Zh, string En)> Notices { get; } = new Dictionary<string, (string, string)>
    {
        ["pending"] = ("待发送", "pending"),
        ["sending"] = ("发送中", "being sent"),
        ["sent"] = ("已发送", "sent"),
        ["failed"] = ("失败", "failed"),
        ["superseded"] = ("已合并", "carried by another")
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>How parked messages stand.</summary>
    public static FrozenDictionary<string, (string Zh, string En)> Parked { get; } = new Dictionary<string, (string, string)>
    {
        ["parked"] = ("待处理", "waits for a decision"),
        ["replayed"] = ("已重新发送", "sent again"),
        ["discarded"] = ("已丢弃", "discarded")
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>What became of a webhook.</summary>
    public static FrozenDictionary<string, (string Zh, string En)> Webhooks { get; } = new Dictionary<string, (string, string)>
    {
        ["pending"] = ("待处理", "not read yet"),
        ["applied"] = ("已生效", "applied"),
        ["ignored"] = ("已忽略", "ignored"),
        ["unmatched"] = ("未匹配", "of no application"),
        ["failed"] = ("无法读取", "cannot be read")
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>What a notice is about.</summary>
    public static FrozenDictionary<string, (string Zh, string En)> NoticeKinds { get; } = new Dictionary<string, (string, string)>
    {
        ["transition"] = ("状态变化", "change of state"),
        ["app_failed"] = ("应用部署失败", "an application failed"),
        ["production_ready"] = ("等待生产部署", "production waits"),
        ["approval_given"] = ("已投票", "vote given"),
        ["operation_late"] = ("部署比平时慢", "takes longer than usual"),
        ["gate_waits"] = ("门禁等待人工确认", "gate waits for a person"),
        ["gate_passed"] = ("门禁已放行", "gate lets pass"),
        ["gate_failed"] = ("门禁未通过", "gate failed"),
        ["test"] = ("测试通知", "test")
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Permissions.</summary>
    public static FrozenDictionary<string, (string Zh, string En)> Rights { get; } = new Dictionary<string, (string, string)>
    {
        [Permissions.View] = ("查看", "look"),
        [Permissions.Create] = ("创建批次", "create batches"),
        [Permissions.Edit] = ("修改批次内容", "change batches"),
        [Permissions.Approve] = ("审核", "approve batches"),
        [Permissions.Seal] = ("封板", "seal"),
        [Permissions.DeployPre] = ("部署到预发布", "deploy to pre-production"),
        [Permissions.DeployProd] = ("部署到生产", "deploy to production"),
        [Permissions.Accept] = ("验收", "accept"),
        [Permissions.Cancel] = ("取消批次", "cancel batches"),
        [Permissions.Reopen] = ("重新开放批次", "reopen batches"),
        [Permissions.Rollback] = ("回滚生产", "roll back production"),
        [Permissions.ApplicationManage] = ("管理应用", "manage applications"),
        [Permissions.BuildReport] = ("上报构建", "report builds"),
        [Permissions.DeploymentReport] = ("上报部署", "report deployments"),
        [Permissions.NotificationManage] = ("管理通知", "manage notifications"),
        [Permissions.ParkedManage] = ("处理滞留消息", "decide about parked messages"),
        [Permissions.FreezeManage] = ("管理封网", "manage freezes"),
        [Permissions.FreezeOverride] = ("封网期间放行", "override freezes"),
        [Permissions.GateOverride] = ("跳过门禁", "override gates"),
        [Permissions.PolicyManage] = ("管理项目策略", "manage policies"),
        [Permissions.AccessManage] = ("管理权限", "manage access"),
        [Permissions.AuditRead] = ("查看审计", "read the audit")
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>What the audit of access records.</summary>
    public static FrozenDictionary<string, (string Zh, string En)> AccessEvents { get; } = new Dictionary<string, (string, string)>
    {
        ["denied"] = ("无权限被拒绝", "denied"),
        ["binding_added"] = ("授予角色", "role given"),
        ["binding_removed"] = ("收回角色", "role taken"),
        ["project_created"] = ("创建项目", "project created"),
        ["policy_changed"] = ("修改策略", "policy changed"),
        ["project_removed"] = ("删除项目", "project removed"),
        ["application_moved"] = ("移动应用", "application moved"),
        ["application_removed"] = ("删除应用", "application removed"),
        ["freeze_added"] = ("设置封网", "freeze added"),
        ["freeze_changed"] = ("修改封网", "freeze changed"),
        ["freeze_removed"] = ("取消封网", "freeze removed")
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Where a binding stands.</summary>
    public static FrozenDictionary<string, (string Zh, string En)> BindingSources { get; } = new Dictionary<string, (string, string)>
    {
        ["database"] = ("在此授予", "given here"),
        ["configuration"] = ("来自配置", "from the configuration")
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>What a change of the content does to an approval.</summary>
    public static FrozenDictionary<string, (string Zh, string En)> ChangeEffects { get; } = new Dictionary<string, (string, string)>
    {
        ["keep"] = ("仍然有效，仅显示变化", "stays, and the change is shown"),
        ["hold"] = ("仍然有效，不再接收新构建", "stays, and new builds are only shown"),
        ["void"] = ("作废", "is void")
    }.ToFrozenDictionary(StringComparer.Ordinal);
}
