using System.Collections.Frozen;
using DevopsCd.Contracts;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Batches.Guards;
using DevopsCd.Host.Ui.Batches;

namespace DevopsCd.Host.Ui.Texts;

/// <summary>Every text of the pages, in Chinese and in English side by side: one that is missing does not compile.</summary>
internal sealed class TextTable(Language language)
{
    private static readonly string[] s_weekdaysZh = ["一", "二", "三", "四", "五", "六", "日"], s_weekdaysEn = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

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
    public string ShownAs => Say("显示方式", "Shown as");
    public string AsTable => Say("表格", "Table");
    public string AsBoard => Say("看板", "Board");
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
    public string Trace => Say("链路追踪", "Trace");

    public string Timeline => Say("时间线", "Timeline");
    public string Changes => Say("变化", "Changes");
    public string History => Say("历史", "History");
    public string Notices => Say("通知", "Notices");
    public string Life => Say("生命周期", "Its life");
    public string CancelUnderWay => Say("已请求取消：进行中的部署结束后即取消。",
        "A cancel is under way: nothing more starts, and the batch ends when nothing runs any more.");
    public string RollbackUnderWay => Say("已请求回滚：进行中的部署结束后即开始回滚。",
        "A rollback was asked for: nothing more starts, and production goes back when nothing runs any more.");
    public string Gates => Say("门禁", "Gates");
    public string NoGates => Say("项目策略中没有门禁。", "The policies of its projects have no gates.");
    public string GateColumn => Say("门禁", "Gate");
    public string GatePlace => Say("位置", "Where");
    public string GateKindColumn => Say("方式", "Decided by");
    public string GateDecidedBy => Say("操作人", "By");
    public string GateDeadline => Say("超时时间", "fails at");
    public string GatePass => Say("通过", "Pass");
    public string GateFail => Say("不通过", "Fail");
    public string GateOverride => Say("跳过", "Override");
    public string GateRetry => Say("重新检查", "Ask again");
    public string GateReason => Say("原因（不通过或跳过时必填）", "Reason (required to fail or to override)");
    public string NewGate => Say("新门禁", "New gate");
    public string AddGate => Say("添加门禁", "Add a gate");
    public string RemoveGate => Say("移除该门禁", "Remove this gate");
    public string GateUrl => Say("地址", "Address");
    public string GateSecret => Say("密钥名称（core.gates.secrets）", "Name of its secret (core.gates.secrets)");
    public string GateStatusWanted => Say("放行的状态码", "Status that passes");
    public string GateQuery => Say("查询", "Query");
    public string GateLeast => Say("下限", "Least value that passes");
    public string GateMost => Say("上限", "Largest value that passes");
    public string GateFor => Say("需保持多久", "For how long");
    public string GateInterval => Say("检查间隔", "Time between two looks");
    public string GateTimeout => Say("无结果时多久失败", "Fails without a result after");
    public string GateNever => Say("不超时", "never");
    public string GateStatus(string name) => Of(NameTable.Gates, name);
    public string GatePoint(string name) => Of(NameTable.GatePoints, name);
    public string GateKind(string name) => Of(NameTable.GateKinds, name);
    public string RollbackPlan => Say("回滚计划", "Rollback plan");
    public string Revert => Say("创建还原批次", "Make a batch that reverts it");
    public string OverridesFreeze => Say("您将越过封网。", "You override a freeze:");
    public string WithdrawStart => Say("撤回", "Withdraw");
    public string GivenUpAt => Say("逾期放弃：", "It is given up at");
    public string Later => Say("预约…", "Later…");
    public string CheckFirst => Say("预检", "Check first");
    public string Evidence => Say("下载证据", "Download the evidence");
    public string NotWithdrawn => Say("没有可撤回的预约，或您无权撤回。", "Nothing waits any more, or you may not cancel this batch.");
    public string YouCan => Say("轮到您了。", "It is your turn.");
    public string StartsByItself => Say("引擎将自动开始预发布。", "Pre-production starts by itself.");
    public string Rollback => Say("回滚", "Rollback");
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
    public string Wave => Say("波次", "Wave");
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
    public string WhyColumn => Say("原因", "Why");
    public string Channel => Say("渠道", "Channel");
    public string TriesColumn => Say("尝试次数", "Tries");
    public string NobodyTold => Say("没有发出通知。", "Nobody has been told anything.");

    // What would happen
    public string Preflight => Say("预检", "Preflight");
    public string Checking => Say("正在检查将会发生什么…", "Checking what would happen…");
    public string CheckAgain => Say("重新检查", "Check again");
    public string NothingInTheWay => Say("可以开始，没有发现问题。", "Nothing stands in the way.");
    public string InTheWay => Say("以下问题会阻止开始：", "This would stop it:");
    public string ChangedSinceCheck => Say("批次在检查后已变化，请重新检查。", "The batch has changed since this was checked.");
    public string UsuallyTakes => Say("通常耗时", "Usually takes");
    public string AsJson => Say("以 JSON 查看", "The same as JSON");
    public string NothingToDeploy => Say("没有需要部署的内容。", "Nothing would be deployed.");

    // Asking again, and creating
    public string ChangedWhileAsked => Say("批次在您查看后已变化，什么都没有开始。请查看最新内容后再决定：",
        "The batch has changed since you looked, and nothing was started. Look at it as it is now, and decide again:");
    public string NotBefore => Say("开始时间", "Start at");
    public string ExpiresAtIfAny => Say("逾期放弃（选填）", "Give up at, if it could not start (optional)");
    public string NoSuchTime => Say("您所在的时区没有这个时间", "this time does not exist in your zone");
    public string Reason => Say("原因（必填）", "Reason (required)");
    public string ReasonIfAny => Say("原因（选填）", "Reason, if any");
    public string BatchNumberIfOwn => Say("批次编号（留空自动生成）", "Number, unless one is to be made");
    public string Create => Say("创建", "Create");
    public string OfItsApplications => Say("由其应用决定", "those of its applications");
    public string WhatGoesAlong => Say("将要发布的构建", "What would go");
    public string NoBuildYet => Say("此分支尚无成功的构建，有构建后才能封板", "no successful build of this branch yet; the seal needs one");

    // Its order
    public string Graph => Say("依赖图", "Graph");
    public string LevelsMean => Say("应用排在其所有依赖之后的一层。点击应用可查看其上下游。",
        "An application stands in the level after all it waits for. Click one to see what it waits for and what waits for it.");
    public string AllLevels => Say("显示全部层级", "All levels");

    // Changing its content
    public string SplitOff => Say("拆分到新批次", "Split off into a new batch");
    public string SplitMeans => Say("所选应用离开此批次，进入一个待审核的新批次；已部署的记录保留在此批次。",
        "The chosen applications leave this batch for a new one that waits for approval; what was deployed of them stays in the history of this one.");
    public string WithDependents => Say("依赖它们的应用一并拆分", "with what depends on them");
    public string AddApplications => Say("添加应用", "Add applications");
    public string Add => Say("添加", "Add");
    public string Pin => Say("固定此构建", "Pin this build");
    public string Unpin => Say("跟随最新构建", "Follow the newest build");
    public string FollowBranch => Say("跟随此分支", "Follow this branch");
    public string SetDependencies => Say("保存依赖", "Set the dependencies");

    // What runs where
    public string RunningTitle => Say("运行版本", "Running");
    public string RunningMeans => Say("显示由本系统最后一次成功部署的版本；若部署服务发现实际运行的不同，则标为“已偏离”。",
        "Shown is what this system has last deployed with success; “drift” where the deploy service has found something else.");
    public string Drift => Say("已偏离", "drift");
    public string ClustersDiffer => Say("各集群版本不同", "clusters differ");
    public string DeploymentHistory => Say("部署历史", "Deployments");

    // How delivery goes
    public string DeliveryTitle => Say("交付效能", "Delivery");
    public string FromDay => Say("起始日", "From");
    public string ToDay => Say("截止日", "To");
    public string Measure => Say("指标", "Measure");
    public string ValueColumn => Say("数值", "Value");
    public string CountColumn => Say("样本数", "Of");
    public string Definition => Say("定义", "Definition");
    public string DeploymentsOverTime => Say("生产部署", "Deployments to production");
    public string DoraMeasure(string name) => Of(NameTable.DoraMeasures, name);
    public string DoraDefinition(DoraMeasure measure) => Say(NameTable.DoraDefinitions.GetValueOrDefault(measure.Name, measure.Definition), measure.Definition);
    public string Hours(double hours) => Say($"{hours:0.#} 小时", $"{hours:0.#} h");
    public string PerDay(double number) => Say($"每天 {number:0.##} 次", $"{number:0.##} a day");

    // Messages
    public string ParkedMessages => Say("滞留消息", "Messages");
    public string ParkedMessage => Say("滞留消息", "Message");
    public string OutgoingMessages => Say("消息代理拒收的发出消息", "Our own messages that the broker refused");
    public string NothingParked => Say("没有滞留消息。", "No message waits for a decision.");
    public string MessageColumn => Say("消息", "Message");
    public string Queue => Say("队列", "Queue");
    public string Body => Say("内容", "Body");
    public string Headers => Say("消息头", "Headers");
    public string BodyCut => Say("内容过长，已截断：只能发送更正后的内容。", "The body was cut, since it is too long: only a corrected one can be sent.");
    public string MessageTypeIfMissing => Say("消息类型（消息未注明时填写）", "Its type, where the message does not say");
    public string SendAgain => Say("重新发送", "Send again");
    public string SendAsItWas => Say("原样重新发送", "Send it again as it was");
    public string SendCorrected => Say("发送更正后的内容", "Send it corrected");
    public string Discard => Say("丢弃", "Discard");

    // Webhooks
    public string Webhooks => Say("Webhook 投递", "Webhooks");
    public string Webhook => Say("Webhook 投递", "Webhook");
    public string NoWebhooks => Say("没有收到 Webhook。", "No such webhook has come.");
    public string SourceColumn => Say("来源", "Source");
    public string Delivery => Say("投递编号", "Delivery");
    public string WhichRuleMatches => Say("哪条规则匹配", "Which rule matches");
    public string NoRules => Say("没有规则，也没有应用登记了代码仓库。", "There are no rules, and no application names a repository.");
    public string RuleColumn => Say("规则", "Rule");
    public string Matches => Say("匹配", "matches");
    public string MatchesNot => Say("不匹配", "does not match");
    public string WouldBecome => Say("现在收到会产生", "What it would become now");
    public string WhyUnmatched => Say("为什么未匹配", "Why it belongs to no application");
    public string ByWhatIsStored => Say("根据已保存的内容判断：流水线文件、任务和触发事件未保存。",
        "Judged by what is stored of it: its pipeline file, its jobs and its event are not.");

    // Notifications
    public string Notifications => Say("通知", "Notifications");
    public string Channels => Say("渠道", "Channels");
    public string TestChannel => Say("发送测试通知", "Send a test");
    public string ChannelWorks => Say("发送成功", "it works");
    public string ChannelFails => Say("发送失败", "it failed");

    // Freezes
    public string Freezes => Say("封网", "Freezes");
    public string FreezesMean => Say("封网期间不会开始部署；有权限的人可以说明原因后放行。", "In a freeze no stage starts, unless somebody who may overrides it and says why.");
    public string NewFreeze => Say("新建封网", "New freeze");
    public string NoFreezes => Say("没有封网。", "There are no freezes.");
    public string FreezeActive => Say("生效中", "holds now");
    public string FreezeNext => Say("将生效", "to come");
    public string FreezeOver => Say("已结束", "over");
    public string HoldsFrom => Say("开始", "From");
    public string HoldsUntil => Say("结束", "Until");
    public string HoldsFor => Say("范围", "Holds for");
    public string WhyFrozen => Say("原因", "Reason");
    public string BothStages => Say("全部阶段", "both stages");
    public string AllClusters => Say("全部集群", "all clusters");
    public string PausesRunning => Say("暂停进行中的部署", "pauses what runs");
    public string PausesRunningToo => Say("同时暂停进行中的部署（已开始的操作会完成）", "Pause stages that run as well: what is in flight ends, and nothing more starts");
    public string ChangeIt => Say("修改", "Change");
    public string RemoveForSure => Say("确认移除，等待中的部署将会开始", "Remove it: what waits will start");
    public string Calendar => Say("日历", "Calendar");
    public string Month => Say("月份", "Month");
    public string PreviousMonth => Say("上个月", "The month before");
    public string NextMonth => Say("下个月", "The month after");
    public string HowOften => Say("频率", "How often");
    public string Once => Say("一次", "Once");
    public string Recurring => Say("周期", "Again and again");
    public string RuleOfFreeze => Say("规则（RFC 5545）", "Rule (RFC 5545)");
    public string FirstTime => Say("首次开始", "First time");
    public string HowLong => Say("时长（例如 60h）", "For (for example 60h)");
    public string ZoneColumn => Say("时区", "Time zone");
    public string NoneIsAll => Say("不选即为全部。", "None chosen means all of them.");
    public string ClustersByComma => Say("集群（逗号分隔）", "Clusters, separated by commas");

    /// <summary>From Monday.</summary>
    public IReadOnlyList<string> Weekdays => language == Language.Chinese ? s_weekdaysZh : s_weekdaysEn;

    // Projects
    public string ProjectsTitle => Say("项目", "Projects");
    public string NewProject => Say("新建项目", "New project");
    public string Approvals => Say("审核", "Approval");
    public string ProdApprovals => Say("生产部署审核", "Approval of production");
    public string ProdNeedsApproval => Say("开始生产部署需要审核", "The start of production needs approval");
    public string PeopleRequired => Say("需要人数", "People required");
    public string OfGroups => Say("其中各组人数（每行一组，例如 testers: 1）", "Of them so many of groups (one a line: testers: 1)");
    public string NotByAuthor => Say("不能由创建或修改者审核", "Not by whoever has made or changed it");
    public string ExpireAfter => Say("有效时长（例如 24h）", "Holds for (for example 24h)");
    public string OnChange => Say("审核后内容变化时，审核", "When the content changes afterwards, the approval");
    public string AutomaticPreDeploy => Say("封板后自动预发布", "Pre-production starts by itself");
    public string ConcurrentApps => Say("同时部署数", "Deployments at once");
    public string SingleAppTimeout => Say("单个应用时限", "Time for one application");
    public string BatchTimeout => Say("阶段时限", "Time for a stage");
    public string Soak => Say("波次间观察时长（例如 30m）", "Soak time between waves (for example 30m)");
    public string Save => Say("保存", "Save");
    public string Saved => Say("已保存。", "It is saved.");

    // Access
    public string AccessTitle => Say("权限", "Access");
    public string NotAllowed => Say("没有权限", "not allowed");
    public string Allowed => Say("有权限", "allowed");
    public string SubjectColumn => Say("主体", "Who");
    public string GroupsOfPerson => Say("所属组（逗号分隔）", "Groups, separated by commas");
    public string Explain => Say("说明", "Explain");
    public string PermissionColumn => Say("权限", "Permission");
    public string RoleColumn => Say("角色", "Role");
    public string Roles => Say("角色及其权限", "Roles, and what they allow");
    public string Bindings => Say("谁在何处有何角色", "Who has which role where");
    public string GiveRole => Say("授予角色", "Give the role");
    public string TakeRole => Say("收回", "Take it");
    public string AccessAudit => Say("权限审计", "Audit of access");
    public string Target => Say("对象", "Of what");

    // Tokens
    public string Tokens => Say("API 令牌", "API tokens");
    public string TokensNotNeeded => Say("无需登录的模式下不需要令牌。", "Where nobody logs in, nobody needs a token.");
    public string TokenShownOnce => Say("请立即保存此令牌，它只显示这一次：", "Keep this token, it is not shown again:");
    public string TokenFor => Say("用途", "What it is for");
    public string DaysValid => Say("有效天数", "Valid for so many days");
    public string BoundedTo => Say("仅限权限（不选则与本人相同）", "Bounded to (all of yours without any)");
    public string BoundedToProjects => Say("仅限项目（逗号分隔，留空为全部）", "Bounded to the projects, separated by commas (all without any)");
    public string MakeToken => Say("创建令牌", "Make a token");
    public string ValidUntil => Say("有效至", "Valid until");
    public string LastUsed => Say("最近使用", "Last used");
    public string Revoke => Say("吊销", "Revoke");
    public string Revoked => Say("已吊销", "revoked");

    // What went wrong
    public string ServerError => Say("服务器出错了", "Something went wrong here");
    public string ServerErrorHint => Say("请稍后重试；若仍出错，请把下面的编号告知管理员。",
        "Try again in a moment. If it happens again, tell an administrator the number below.");
    public string Unavailable => Say("服务暂时不可用", "The service is not available at the moment");
    public string UnavailableHint => Say("数据库或消息代理暂时没有响应，请稍后重试。", "Its database does not answer at the moment. Try again in a moment.");

    public string ParkedState(string name) => Of(NameTable.Parked, name);

    public string WebhookOutcome(string name) => Of(NameTable.Webhooks, name);

    public string NoticeKind(string name) => Of(NameTable.NoticeKinds, name);

    public string Permission(string name) => Of(NameTable.Rights, name);

    /// <summary>What the audit of access records.</summary>
    public string AccessEvent(string name) => Of(NameTable.AccessEvents, name);

    public string BindingSource(string name) => Of(NameTable.BindingSources, name);

    /// <summary>What a change of the content does to an approval.</summary>
    public string ChangeEffect(string name) => Of(NameTable.ChangeEffects, name);

    public string YesNo(bool? value) => value == true ? Say("是", "yes") : Say("否", "no");

    public string ByDefault(string value) => Say($"默认：{value}", $"by default: {value}");

    public string WhatMay(string subject) => Say($"{subject} 可以做什么", $"What {subject} may do");

    public string GrantedBy(IReadOnlyList<string> who) => who.Count == 0
        ? Say("只能通过配置授予", "only the configuration can grant it")
        : Say($"可由 {string.Join("、", who)} 授予", $"{string.Join(", ", who)} can grant it");

    public string ChannelRests(int seconds) => Say($"渠道限流，{seconds} 秒后可再试", $"its limit is used up; try again in {seconds} s");

    public string DriftFound(string found) => Say($"实际运行：{found}", $"found there: {found}");

    public string Around(string application) => Say($"{application} 的上下游", $"{application}, what it waits for and what waits for it");

    /// <summary>How a wave stands.</summary>
    public string WaveState(string state, int? after) => state switch
    {
        "done" => Say("已完成", "done"),
        "running" => Say("进行中", "running"),
        "soaking" => Say($"观察第 {after} 波", $"wave {after} soaks"),
        "waiting" => Say($"等待第 {after} 波", $"waits for wave {after}"),
        "held" => Say("因前面的波次失败而暂不部署", "held: a wave before has failed"),
        "failed" => Say("失败", "failed"),
        _ => after is null ? Say("计划中", "planned") : Say($"在第 {after} 波之后", $"after wave {after}")
    };

    public string WavesOf(string stage) => Say($"{Stage(stage)}的波次", $"Waves of {Stage(stage)}");

    public string Level(int number, int count) =>
        Say($"第 {number} 层：{count} 个应用", $"Level {number}: {(count == 1 ? "1 application" : $"{count} applications")}");

    public string Change(string application) => Say($"修改 {application}", $"Change {application}");

    public string NewestOf(string branch) => Say($"{branch} 的最新构建", $"the newest of {branch}");

    public string RemoveFromBatch(string application) => Say($"从批次中移除 {application}", $"Take {application} out of the batch");

    public string UnmatchedMeans(string name) => Say($"没有名为 {name} 的应用，也没有规则匹配此构建。",
        $"No application is named {name}, and no rule has matched this build.");

    // Logging in
    public string LogIn => Say("登录", "Log in");
    public string LoggedIn => Say("已登录", "Logged in");
    public string GoOn => Say("继续", "Go on");
    public string FillInTheForm => Say("请填写表单。", "Fill in the form.");
    public string CodeNeeded => Say("请输入身份验证器的验证码，并再次输入密码。", "Type the code of your authenticator, and your password again.");
    public string TooManyAttempts => Say("尝试次数过多，请稍等一分钟。", "There were too many attempts. Wait a minute.");
    public string LoginWrong => Say("名称、密码或验证码错误，或该账户暂时不能登录。",
        "The name, the password or the code is wrong, or the account is locked for a while.");
    public string LogOutAtProvider => Say("同时在登录提供方退出", "Log out at the provider too");
    public string NoPasswords => Say("此服务不使用密码登录。", "Nobody logs in to this service with a password.");
    public string NothingToLogInTo => Say("此处无需登录。", "There is nothing to log in to here.");
    public string BackToLogin => Say("返回登录", "Back to the login");
    public string ProxySilent => Say("登录由此服务前的代理完成，但代理没有说明您是谁。",
        "The proxy in front of this service logs people in; it has not said who you are.");
    public string ProviderSilent => Say("登录提供方没有响应，请稍后再试。", "The login provider does not answer. Try again in a while.");
    public string ProviderRefused => Say("登录提供方拒绝了登录。", "The provider has refused the login.");
    public string ProviderFailed => Say("在登录提供方的登录没有成功，请重新开始。", "The login at the provider did not succeed. Begin again.");
    public string Name => Say("名称", "Name");
    public string Password => Say("密码", "Password");
    public string CodeIfAny => Say("验证码（如已启用身份验证器）", "Code, if you use an authenticator");
    public string SetYourPassword => Say("设置密码", "Set your password");
    public string LinkOver => Say("链接已使用、已过期，或不是本服务的链接。请索取新的链接。",
        "The link has been used, its time is over, or it is not one of ours. Ask for another one.");
    public string PasswordsDiffer => Say("两次输入的密码不一致，或密码过长。", "The two passwords differ, or are too long.");
    public string NewPassword => Say("密码（至少 12 个字符）", "Password, at least 12 characters");
    public string PasswordAgain => Say("再次输入密码", "The same password again");
    public string SetThePassword => Say("设置密码", "Set the password");
    public string Account => Say("账户", "Account");

    // Letting a program in
    public string LetAProgramIn => Say("允许程序登录", "Let a program in");
    public string CodeOfTheProgram => Say("程序显示的代码", "The code that the program shows");
    public string NoProgramWaits => Say("没有程序在等待此代码。代码只能使用一次，十分钟内有效。",
        "No program waits with this code. A code works once, for ten minutes.");
    public string LetItIn => Say("允许", "Let it in");
    public string Refuse => Say("拒绝", "Refuse");
    public string ProgramIsIn => Say("程序已登录，可以关闭此页面。", "The program is in. You can close this page.");
    public string ProgramRefused => Say("已拒绝该程序。", "The program was refused.");
    public string UnknownAddress => Say("未知", "unknown");

    // The authenticator of an account
    public string Authenticator => Say("身份验证器", "Authenticator");
    public string Code => Say("验证码", "Code");
    public string CodeWrong => Say("验证码错误。它每 30 秒变化一次，请检查手机的时间是否准确。",
        "The code is wrong. It changes every 30 seconds; check that the clock of your phone is right.");
    public string PasswordAlone => Say("今后只需密码即可登录。", "From now on the password alone logs you in.");
    public string OnlyWithPassword => Say("此页面只用于使用本服务密码的账户。", "This page is for accounts with a password of this service only.");
    public string AuthenticatorIsOn => Say("登录需要身份验证器的验证码。输入一个验证码即可停用。",
        "Logging in takes a code of your authenticator. Type one to do without it from now on.");
    public string DoWithoutIt => Say("停用", "Do without it");
    public string AddThisKey => Say("将此密钥添加到手机上的身份验证器，然后输入它显示的验证码。",
        "Add this key to the authenticator on your phone, then type the code that it shows.");
    public string OpenAuthenticator => Say("在本机的身份验证器中打开", "Open it in an authenticator on this machine");
    public string UseItFromNowOn => Say("启用", "Use it from now on");
    public string RecoveryCodes => Say("今后登录需要身份验证器的验证码。如果丢失，可用以下代码代替，每个只能使用一次，且不会再次显示。",
        "From now on logging in takes a code of your authenticator. Should you lose it, each of these works once instead. They are not shown again.");

    // The passkeys of an account
    public string Passkeys => Say("通行密钥", "Passkeys");
    public string PasskeysAre => Say("通行密钥由您的设备或密码管理器保存，可代替名称、密码和验证码登录。",
        "A passkey is kept by your device or password manager, and logs you in without name, password and code.");
    public string PasskeyName => Say("名称，例如设备名", "Its name, such as that of the device");
    public string AddPasskey => Say("添加通行密钥", "Add a passkey");
    public string Remove => Say("移除", "Remove");
    public string LogInWithPasskey => Say("使用通行密钥登录", "Log in with a passkey");
    public string PasskeyFailed => Say("浏览器没有给出通行密钥，请重试。", "The browser has given no passkey. Try again.");
    public string PasskeyWrong => Say("此通行密钥无效，或等待时间过长，请重试。", "The passkey is not valid here, or it took too long. Try again.");
    public string PasskeyNeedsName => Say("请为通行密钥填写 1 到 60 个字符的名称。", "Give the passkey a name of 1 to 60 characters.");
    public string PasswordWrong => Say("密码错误，或该账户暂时不能登录。", "The password is wrong, or the account is locked for a while.");

    /// <summary>A state of a batch by its English name.</summary>
    public string State(string name) => Of(NameTable.States, name);

    /// <summary>An event by its key, or what else the audit records.</summary>
    public string Event(string key) => BatchEventTypes.Find(key) is { } type ? Say(type.Label, type.EnglishLabel) : Of(NameTable.Notes, key);

    /// <summary>How an application or an operation stands, as the API names it.</summary>
    public string Outcome(string name) => Of(NameTable.Outcomes, name);

    public string BuildResult(BuildStatus status) => status switch
    {
        BuildStatus.Running => Say("构建中", "running"),
        BuildStatus.Success => Say("成功", "success"),
        BuildStatus.Failed => Say("失败", "failed"),
        _ => Say("已取消", "cancelled")
    };

    public string EventOutcome(string name) => Of(NameTable.EventOutcomes, name);

    public string NoticeStatus(string name) => Of(NameTable.Notices, name);

    /// <summary>Through what an event came.</summary>
    public string Source(string name) => Of(NameTable.Sources, name);

    public string Stage(string name) => name switch
    {
        "pre" => PreProduction,
        "rollback" => Say("回滚", "Rollback"),
        _ => Production
    };

    /// <summary>What a plan does to an application.</summary>
    public string PlanAction(string name) => Of(NameTable.PlanActions, name);

    public string StartAgain(string key, int count) => Say($"{Event(key)}（剩余 {count} 个应用）",
        $"{Event(key)}: {(count == 1 ? "the 1 that is left" : $"the {count} that are left")}");

    public string DeploymentCount(int count) => Say($"{count} 次部署", count == 1 ? "1 deployment" : $"{count} deployments");

    public string AtOnce(int count) => Say($"同时 {count} 个", $"{count} at once");

    public string TakesAbout(string length) => Say($"预计约 {length}", $"usually about {length}");

    public string StayAsTheyAre(int count) => Say($"{count} 个保持不变", count == 1 ? "1 stays as it is" : $"{count} stay as they are");

    public string CheckedAt(int version) => Say($"针对批次的第 {version} 个版本，检查于", $"For version {version} of the batch, checked");

    public string NotAsked(string why) => Say($"部署服务没有检查：{why}", $"Not checked by the deploy service: {why}");

    public string NoDigests(int count) => Say($"{count} 个镜像只有标签，没有摘要，其内容可能会变。",
        count == 1 ? "1 image is named by its tag alone, which may come to mean another one."
            : $"{count} images are named by their tags alone, which may come to mean others.");

    public string TimesAre(string zone) => Say($"时间按 {zone} 时区", $"Times are those of {zone}");

    public string MinutesAgo(int minutes) => Say($"{minutes} 分钟前", $"{minutes} min ago");

    public string HoursAgo(int hours) => Say($"{hours} 小时前", $"{hours} h ago");

    public string StartsAt(string key, string who) => Say($"已由 {who} 预约：{Event(key)}，时间", $"{Event(key)} is scheduled by {who} for");

    public string WaitsForYourEvent(string key) => Say($"等待您：{Event(key)}", $"waits for you: {Event(key)}");

    /// <param name="name">Who, as HTML.</param>
    public string LoggedInAs(string name) => Say($"您已登录为 {name}。", $"You are logged in as {name}.");

    /// <param name="name">Who, as HTML.</param>
    public string LoggedInByProxy(string name) => Say($"此服务前的代理已将您登录为 {name}。", $"The proxy in front of this service has logged you in as {name}.");

    public string LogInWith(string provider) => Say($"使用 {provider} 登录", $"Log in with {provider}");

    public string OnlyMembers(string? group) => Say($"只有 {group} 组的成员可以登录。", $"Only members of the group {group} may log in.");

    public string NoVerified(string claim) => Say($"登录提供方没有给出您经过验证的 {claim}（core:auth:oidc:name_claim）。",
        $"The provider gives no verified {claim} for you (core:auth:oidc:name_claim).");

    /// <param name="program">Which program, as HTML.</param>
    /// <param name="address">Where it asks from, as HTML.</param>
    /// <param name="person">As whom, as HTML.</param>
    public string ProgramWants(string program, string address, string person) => Say(
        $"{program}（地址 {address}）请求以 {person} 的身份操作，拥有您的全部权限。",
        $"{program}, at the address {address}, wants to act as {person} with all that you may do.");

    /// <param name="code">What the program shows, as HTML.</param>
    public string OnlyIfYours(string code) => Say($"仅当程序由您自己启动并显示代码 {code} 时才继续。其他人没有理由向您发送代码。",
        $"Go on only if you have started it yourself and it shows the code {code}. Nobody else has a reason to send you a code.");

    /// <summary>What is wrong with the name or the password of an account.</summary>
    /// <param name="code">The framework's name of it.</param>
    /// <param name="description">What it is in English.</param>
    public string WrongAccount(string code, string description) => code switch
    {
        "PasswordTooShort" => Say("密码至少需要 12 个字符。", description),
        "PasswordRequiresUniqueChars" => Say("密码至少需要 5 个不同的字符。", description),
        "DuplicateUserName" => Say("此名称已被使用。", description),
        "NoPerson" or "InvalidUserName" => Say("名称由 1 到 100 个字母、数字及 - . _ @ + 组成，且不能像系统身份。", description),
        _ => description
    };

    public string CreatedBy(string who) => Say($"由 {who} 创建", $"Created by {who}");

    public string ApplicationCount(int count) => Say($"{count} 个应用", count == 1 ? "1 application" : $"{count} applications");

    public string AllOfThem(int count) => Say($"全部 {count} 个", $"All {count}");

    public string OperationCount(int count) => Say($"{count} 次部署", count == 1 ? "1 operation" : $"{count} operations");

    public string WaitsFor(string key) => Say($"等待：{Event(key)}。", $"Waits for: {Event(key)}.");

    public string Votes(int votes, int required) => Say($"已有 {votes} 票，共需 {required} 票。", $"{votes} of {required} votes are given.");

    public string StageRuns(string stage, string counts) => Say($"{stage}部署中：{counts}", $"{stage} is being deployed: {counts}");

    public string GoesBack(string counts) => Say($"生产回滚中：{counts}", $"Production is going back: {counts}");

    public string Ended(string state) => Say($"批次已结束：{State(state)}。", $"The batch has ended: {State(state)}.");

    /// <summary>Why an event cannot be raised, beside the event.</summary>
    public string Obstacle(ActionObstacle obstacle, string state) => obstacle.Guard == StateGuard.Key ? NotLegalIn(state) : Why(obstacle);

    /// <summary>The same, where the event is not named beside it.</summary>
    public string Why(ActionObstacle obstacle) => Said(obstacle.Said);

    /// <summary>Why something was refused.</summary>
    public string Refusal(BatchRefusedException refused) => Said(refused.Reason);

    /// <summary>Why a command was refused; one that is only answered again is told in the API's words.</summary>
    public string Refusal(CommandResult result) => result.Refused is { } refused ? Refusal(refused) : result.Reason ?? "";

    /// <summary>What is wrong, by field.</summary>
    public IReadOnlyDictionary<string, string[]> Fields(BatchRefusedException refused) =>
        refused.Fields.ToDictionary(field => field.Key, field => field.Value.Select(Said).ToArray(), StringComparer.Ordinal);

    /// <inheritdoc cref="Fields(BatchRefusedException)" />
    public IReadOnlyDictionary<string, string[]> Fields(CommandResult result) => result.Refused is { } refused ? Fields(refused) : result.Fields;

    public string NotLegalIn(string state) => Say($"状态“{State(state)}”下不可用", $"not in the state {State(state)}");

    public string Attempt(int attempt) => Say($"第 {attempt} 轮", $"attempt {attempt}");

    public string Tries(int tries) => Say($"{tries} 次尝试", tries == 1 ? "1 try" : $"{tries} tries");

    public string TryOf(int tries, int most) => Say($"第 {tries} 次尝试，最多 {most} 次", $"try {tries} of {most}");

    public string NextCallIn(int seconds) => Say($"{seconds} 秒后再次询问", $"asked again in {seconds} s");

    public string Restarts(int restarts) => Say($"因基础设施故障重新开始 {restarts} 次，不计尝试次数",
        restarts == 1 ? "begun anew once because of infrastructure, which is no try"
            : $"begun anew {restarts} times because of infrastructure, which are no tries");

    /// <summary>What kind of failure it is.</summary>
    public string Cause(string kind) => kind switch
    {
        DeployCauseClasses.Image => Say("镜像", "image"),
        DeployCauseClasses.Config => Say("配置", "configuration"),
        DeployCauseClasses.Probe => Say("探针", "probe"),
        DeployCauseClasses.Resources => Say("资源", "resources"),
        DeployCauseClasses.Quota => Say("配额", "quota"),
        DeployCauseClasses.Crash => Say("崩溃", "crash"),
        DeployCauseClasses.Admission => Say("准入", "admission"),
        DeployCauseClasses.Infrastructure => Say("基础设施", "infrastructure"),
        _ => Say("原因未知", "cause unknown")
    };

    public string LastLines => Say("最后的日志", "Last lines");

    public string TakesLong(string since) => Say($"自 {since} 起明显慢于平时", $"far slower than usual since {since}");

    public string PinnedBy(string who) => Say($"由 {who} 固定", $"pinned by {who}");

    public string NewerBuild(string? number) => Say($"有更新的构建 {number}", $"newer build {number}");

    public string Schedule(string key) => Say($"预约：{Event(key)}", $"Schedule: {Event(key)}");

    public string TypeTheNumber(string number) => Say($"生产环境将保持部分更新的状态。请输入 {number} 确认。",
        $"Production stays half changed. Type {number} to confirm.");

    public string TypeTheNumberToGoBack(string number) => Say($"生产环境将恢复到此批次之前的版本。请输入 {number} 确认。",
        $"Production goes back to what ran before this batch. Type {number} to confirm.");

    public string WholeProject(string project) => Say($"选择整个项目 {project}", $"All of project {project}");

    public string SameAs(string number, string title, int count) => Say(
        $"与上一批次相同：{number} {title}（{count} 个应用）", $"Same as the last batch: {number} {title} ({(count == 1 ? "1 application" : $"{count} applications")})");

    public string SameApplications(int count) => Say($"用相同的 {count} 个应用新建批次", count == 1 ? "New batch of the same application"
        : $"New batch of the same {count} applications");

    public string StayOut(string names) => Say($"以下应用在其他未结束的批次中，或已不存在，因此未选择：{names}",
        $"These are in another open batch, or no longer there, and stay out: {names}");

    public string BranchOf(string application) => Say($"{application} 的分支", $"Branch of {application}");

    public string DependsOnMore(string names) => Say($"所选应用还依赖：{names}", $"They also depend on: {names}");

    public string AddDependencies(int count) => Say($"一并添加 {count} 个依赖", count == 1 ? "Add it" : $"Add all {count}");

    public string InOpenBatch(string number) => Say($"已在批次 {number} 中", $"in batch {number}");

    /// <summary>What the engine has said, as the audit keeps it; what somebody else has said stays as it is.</summary>
    public string Recalled(string said)
    {
        if (language == Language.English)
            return said;
        return One(said) ?? string.Join("; ", said.Split("; ").Select(part => One(part) ?? part));

        string? One(string text) => RecalledSentences.Find(text) is var (words, about)
            ? string.Format(new NamedThings(this), SentenceTable.Chinese[words], [.. about.Select(one => One(one) ?? one)])
            : null;
    }

    /// <summary>What the engine says.</summary>
    public string Said(Sentence sentence) =>
        sentence.In((language == Language.Chinese ? SentenceTable.Chinese : SentenceTable.English).GetValueOrDefault, new NamedThings(this));

    private string Say(string zh, string en) => language == Language.Chinese ? zh : en;

    /// <summary>A name that is not in the table yet is shown as it is.</summary>
    private string Of(FrozenDictionary<string, (string Zh, string En)> table, string name) =>
        table.TryGetValue(name, out var text) ? Say(text.Zh, text.En) : name;
}
