using System.Collections.Frozen;
using DevopsCd.Contracts;
using DevopsCd.Core.Auditing;

namespace DevopsCd.Host.Ui.Texts;

/// <summary>Every text of the pages, in Chinese and in English side by side: one that is missing does not compile.</summary>
internal sealed class TextTable(Language language)
{
    private static readonly FrozenDictionary<string, (string Zh, string En)> s_states = new Dictionary<string, (string, string)>
    {
        [BatchStatus.PendingApproval] = (BatchStatus.Label(BatchStatus.PendingApproval), "Pending approval"),
        [BatchStatus.Approved] = (BatchStatus.Label(BatchStatus.Approved), "Approved"),
        [BatchStatus.Rejected] = (BatchStatus.Label(BatchStatus.Rejected), "Rejected"),
        [BatchStatus.Sealed] = (BatchStatus.Label(BatchStatus.Sealed), "Sealed"),
        [BatchStatus.PreDeploying] = (BatchStatus.Label(BatchStatus.PreDeploying), "Deploying to pre-production"),
        [BatchStatus.PreDeployed] = (BatchStatus.Label(BatchStatus.PreDeployed), "In pre-production"),
        [BatchStatus.ProdDeploying] = (BatchStatus.Label(BatchStatus.ProdDeploying), "Deploying to production"),
        [BatchStatus.ProdDeployed] = (BatchStatus.Label(BatchStatus.ProdDeployed), "In production"),
        [BatchStatus.FinalAccepted] = (BatchStatus.Label(BatchStatus.FinalAccepted), "Accepted"),
        [BatchStatus.Cancelled] = (BatchStatus.Label(BatchStatus.Cancelled), "Cancelled")
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>What the audit records beside the events of the table.</summary>
    private static readonly FrozenDictionary<string, (string Zh, string En)> s_notes = new Dictionary<string, (string, string)>
    {
        ["build_refreshed"] = ("构建已更新", "Build refreshed"),
        ["pinned"] = ("固定构建", "Build pinned"),
        ["unpinned"] = ("取消固定", "Build unpinned"),
        ["dependencies_changed"] = ("依赖已修改", "Dependencies changed"),
        ["build_withdrawn"] = ("构建已撤回", "Build withdrawn"),
        ["application_added"] = ("应用已添加", "Application added"),
        ["application_removed"] = ("应用已移除", "Application removed"),
        ["title_changed"] = ("标题已修改", "Title changed"),
        ["project_changed"] = ("项目已修改", "Project changed"),
        ["branch_changed"] = ("分支已修改", "Branch changed"),
        ["approval_given"] = ("已投票", "Vote given")
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, (string Zh, string En)> s_outcomes = new Dictionary<string, (string, string)>
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

    private static readonly FrozenDictionary<string, (string Zh, string En)> s_eventOutcomes = new Dictionary<string, (string, string)>
    {
        ["accepted"] = ("已接受", "accepted"),
        ["refused"] = ("已拒绝", "refused"),
        ["denied"] = ("无权限", "denied"),
        ["ignored"] = ("已忽略", "ignored"),
        ["noted"] = ("已记录", "noted")
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, (string Zh, string En)> s_sources = new Dictionary<string, (string, string)>
    {
        [EventSource.Http] = ("通过 API 或页面", "by API or page"),
        [EventSource.Message] = ("通过消息", "by message"),
        [EventSource.Engine] = ("由引擎", "by the engine")
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, (string Zh, string En)> s_notices = new Dictionary<string, (string, string)>
    {
        ["pending"] = ("待发送", "pending"),
        ["sending"] = ("发送中", "being sent"),
        ["sent"] = ("已发送", "sent"),
        ["failed"] = ("失败", "failed"),
        ["superseded"] = ("已合并", "carried by another")
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public Language Language => language;

    // Around every page
    public string Pages => Say("页面", "Pages");
    public string SkipToContent => Say("跳到内容", "Skip to content");
    public string OtherLanguage => Say("English", "中文");
    public string ThemeLight => Say("浅色", "Light");
    public string ThemeDark => Say("深色", "Dark");
    public string ThemeSystem => Say("跟随系统", "As the system");
    public string YouAre => Say("当前用户", "You");
    public string LogOut => Say("退出登录", "Log out");
    public string Live => Say("实时", "live");
    public string LiveLost => Say("暂无更新：数据库无响应", "not live: the database does not answer");
    public string Reconnecting => Say("连接已断开，正在重新连接…", "The connection is lost. Reconnecting…");
    public string PageBroke => Say("页面出错了。", "This page has failed.");
    public string Reload => Say("重新加载", "Load it again");
    public string NotFound => Say("页面不存在", "There is nothing here");
    public string NotFoundHint => Say("地址有误，或者您无权查看。", "The address is wrong, or what it names is not for you to see.");
    public string ToBatches => Say("查看批次", "To the batches");
    public string CannotRead => Say("暂时无法读取：", "It cannot be read at the moment:");
    public string Close => Say("关闭", "Close");
    public string Back => Say("返回", "Back");
    public string JustNow => Say("刚刚", "just now");

    // The list
    public string Batches => Say("批次", "Batches");
    public string Batch => Say("批次", "Batch");
    public string AllBatches => Say("全部批次", "All batches");
    public string NewBatch => Say("新建批次", "New batch");
    public string NeedsMe => Say("待我处理", "Needs me");
    public string NothingNeedsMe => Say("没有需要您处理的批次。", "Nothing waits for you.");
    public string Search => Say("搜索", "Search");
    public string SearchBatches => Say("编号、标题或应用", "number, title or application");
    public string Project => Say("项目", "Project");
    public string AllProjects => Say("全部项目", "all projects");
    public string Find => Say("查找", "Find");
    public string ByState => Say("按状态", "By state");
    public string AllStates => Say("全部", "All");
    public string NoBatches => Say("没有符合条件的批次。", "There is no such batch.");
    public string Newest => Say("最新", "Newest");
    public string Older => Say("更早", "Older");
    public string Title => Say("标题", "Title");
    public string StateColumn => Say("状态", "State");
    public string Applications => Say("应用", "Applications");
    public string Initiator => Say("发起人", "Created by");
    public string LastChange => Say("最近变化", "Last change");

    // A batch
    public string LastFailure => Say("上次失败原因", "Why it failed last");
    public string ChangedSinceApproval => Say("审核通过后内容已变化。", "The content has changed since it was approved.");
    public string ShowChanges => Say("查看变化", "Show the changes");
    public string Actions => Say("操作", "Actions");
    public string NotNow => Say("当前不可用的操作", "Not possible now");
    public string PartsOfTheBatch => Say("批次详情", "Parts of the batch");
    public string Timeline => Say("时间线", "Timeline");
    public string Changes => Say("变化", "Changes");
    public string History => Say("历史", "History");
    public string Notices => Say("通知", "Notices");
    public string Life => Say("生命周期", "Its life");
    public string CancelUnderWay => Say("已请求取消：进行中的部署结束后即取消。",
        "A cancel is under way: nothing more starts, and the batch ends when nothing runs any more.");
    public string YouCan => Say("您可以操作。", "You can do it.");
    public string StartsByItself => Say("引擎将自动开始预发布。", "Pre-production starts by itself.");
    public string PreProduction => Say("预发布", "Pre-production");
    public string Production => Say("生产", "Production");

    // Its applications
    public string ByOutcome => Say("按结果", "By outcome");
    public string Application => Say("应用", "Application");
    public string Build => Say("构建", "Build");
    public string Commit => Say("提交", "Commit");
    public string DependsOn => Say("依赖", "Depends on");
    public string Operations => Say("部署操作", "Operations");
    public string NoBuild => Say("暂无构建", "no build");
    public string Withdrawn => Say("构建已撤回", "withdrawn");
    public string NothingDeployedYet => Say("尚未部署。", "Nothing has been deployed yet.");
    public string From => Say("自", "From");

    // Applications and builds
    public string Builds => Say("构建", "Builds");
    public string AllBuilds => Say("全部构建", "All builds");
    public string NoBuilds => Say("没有构建。", "There are no such builds.");
    public string Unmatched => Say("未匹配应用", "of no registered application");
    public string NoApplications => Say("没有应用。", "There is no such application.");
    public string Branch => Say("分支", "Branch");
    public string Targets => Say("部署目标", "Targets");
    public string NoTargets => Say("没有部署配置", "no deploy settings");
    public string OpenBatch => Say("所在批次", "Open batch");
    public string StageColumn => Say("阶段", "Stage");
    public string Cluster => Say("集群", "Cluster");
    public string Namespace => Say("命名空间", "Namespace");
    public string Workload => Say("工作负载", "Workload");
    public string Strategy => Say("策略", "Strategy");
    public string Author => Say("作者", "Author");
    public string Image => Say("镜像", "Image");

    // Its changes
    public string SinceApproval => Say("自审核通过以来", "Since it was approved");
    public string AgainstProduction => Say("与生产环境相比", "Against what runs in production");
    public string NotApprovedYet => Say("尚未审核通过。", "It has not been approved yet.");
    public string NothingChanged => Say("没有变化。", "Nothing has changed.");
    public string ChangesUnknown => Say("内容已变化，但无法说明差异。", "The content has changed; what it was can no longer be told.");
    public string PlanAwaited => Say("正在生成生产计划…", "The plan of production is being made…");
    public string NoPlanYet => Say("预发布完成后生成生产计划。", "The plan of production is made once pre-production is complete.");
    public string RunsNow => Say("当前运行", "Runs now");
    public string WillRun => Say("将要运行", "Will run");
    public string After => Say("在其之后", "After");
    public string Clusters => Say("集群", "Clusters");
    public string NeverDeployed => Say("从未部署", "never deployed from here");
    public string Unchanged => Say("不变", "unchanged");

    // Its history and notices
    public string When => Say("时间", "When");
    public string What => Say("事件", "What");
    public string OutcomeColumn => Say("结果", "Outcome");
    public string Who => Say("操作人", "Who");
    public string Why => Say("原因", "Why");
    public string Channel => Say("渠道", "Channel");
    public string TriesColumn => Say("尝试次数", "Tries");
    public string NobodyTold => Say("没有发出通知。", "Nobody has been told anything.");

    // Asking again, and creating
    public string Reason => Say("原因（必填）", "Reason (required)");
    public string ReasonIfAny => Say("原因（选填）", "Reason, if any");
    public string BatchNumberIfOwn => Say("批次编号（留空自动生成）", "Number, unless one is to be made");
    public string Create => Say("创建", "Create");

    /// <summary>A state of a batch by its English name.</summary>
    public string State(string name) => Of(s_states, name);

    /// <summary>An event by its key, or what else the audit records.</summary>
    public string Event(string key) => BatchEventTypes.Find(key) is { } type ? Say(type.Label, type.EnglishLabel) : Of(s_notes, key);

    /// <summary>How an application or an operation stands, as the API names it.</summary>
    public string Outcome(string name) => Of(s_outcomes, name);

    public string BuildResult(BuildStatus status) => status switch
    {
        BuildStatus.Running => Say("构建中", "running"),
        BuildStatus.Success => Say("成功", "success"),
        BuildStatus.Failed => Say("失败", "failed"),
        _ => Say("已取消", "cancelled")
    };

    public string EventOutcome(string name) => Of(s_eventOutcomes, name);

    public string NoticeStatus(string name) => Of(s_notices, name);

    /// <summary>Through what an event came.</summary>
    public string Source(string name) => Of(s_sources, name);

    public string Stage(string name) => name == "pre" ? PreProduction : Production;

    public string MinutesAgo(int minutes) => Say($"{minutes} 分钟前", $"{minutes} min ago");

    public string HoursAgo(int hours) => Say($"{hours} 小时前", $"{hours} h ago");

    public string WaitsForYourEvent(string key) => Say($"等待您：{Event(key)}", $"waits for you: {Event(key)}");

    public string CreatedBy(string who) => Say($"由 {who} 创建", $"Created by {who}");

    public string ApplicationCount(int count) => Say($"{count} 个应用", count == 1 ? "1 application" : $"{count} applications");

    public string OperationCount(int count) => Say($"{count} 次部署", count == 1 ? "1 operation" : $"{count} operations");

    public string WaitsFor(string key) => Say($"等待：{Event(key)}。", $"Waits for: {Event(key)}.");

    public string Votes(int votes, int required) => Say($"已有 {votes} 票，共需 {required} 票。", $"{votes} of {required} votes are given.");

    public string StageRuns(string stage, string counts) => Say($"{stage}部署中：{counts}", $"{stage} is being deployed: {counts}");

    public string Ended(string state) => Say($"批次已结束：{State(state)}。", $"The batch has ended: {State(state)}.");

    public string NotLegalIn(string state) => Say($"状态“{State(state)}”下不可用", $"not in the state {State(state)}");

    public string Attempt(int attempt) => Say($"第 {attempt} 轮", $"attempt {attempt}");

    public string Tries(int tries) => Say($"{tries} 次尝试", tries == 1 ? "1 try" : $"{tries} tries");

    public string PinnedBy(string who) => Say($"由 {who} 固定", $"pinned by {who}");

    public string NewerBuild(string? number) => Say($"有更新的构建 {number}", $"newer build {number}");

    public string Confirm(string key, string number) => Say($"{Event(key)}：{number}", $"{Event(key)}: {number}");

    public string TypeTheNumber(string number) => Say($"生产环境将保持部分更新的状态。请输入 {number} 确认。",
        $"Production stays half changed. Type {number} to confirm.");

    public string WholeProject(string project) => Say($"选择整个项目 {project}", $"All of project {project}");

    public string AddDependencies(string names) => Say($"添加依赖：{names}", $"Add what they depend on: {names}");

    public string InOpenBatch(string number) => Say($"已在批次 {number} 中", $"in batch {number}");

    private string Say(string zh, string en) => language == Language.Chinese ? zh : en;

    /// <summary>A name that is not in the table yet is shown as it is.</summary>
    private string Of(FrozenDictionary<string, (string Zh, string En)> table, string name) =>
        table.TryGetValue(name, out var text) ? Say(text.Zh, text.En) : name;
}
