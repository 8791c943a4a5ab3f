using DevopsCd.Core.Batches;
using DevopsCd.Core.Deployments;
using DevopsCd.Core.Notifications;
using DevopsCd.Core.Notifications.Composing;

namespace DevopsCd.Core.Tests.Notifications;

/// <summary>Batches and notices as the engine would hand them in.</summary>
internal static class Sample
{
    public static readonly DateTimeOffset Noon = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    public static Batch Batch(long id = 42, string status = BatchStatus.Approved, int version = 1)
    {
        var batch = new Batch
        {
            Id = id,
            CorrelationId = new Guid((int)id, 0, 0, new byte[8]),
            BatchNumber = $"B20261124-{id:000}",
            Title = "Autumn release",
            Status = status,
            Version = version
        };
        batch.Begin(Stage.Pre, Noon, TimeSpan.FromHours(1));
        return batch;
    }

    public static Notice Approved(long id = 42, int version = 1) =>
        Notice.Transition(Batch(id, BatchStatus.Approved, version), "approve", "审核通过", BatchStatus.PendingApproval, "alice", Noon, null, 3);

    public static Notice Sealed(long id = 42, int version = 2) =>
        Notice.Transition(Batch(id, BatchStatus.Sealed, version), "confirm_tag", "封板确认", BatchStatus.Approved, "alice", Noon, null, 3);

    public static Notice Started(long id = 42, int version = 3, int total = 3) =>
        Notice.Transition(Batch(id, BatchStatus.PreDeploying, version), "start_pre_deploy", "开始预发布", BatchStatus.Sealed, "engine", Noon, Stage.Pre, total);

    public static Notice Completed(long id = 42, int version = 4, int total = 3) =>
        Notice.Transition(Batch(id, BatchStatus.PreDeployed, version), "pre_deploy_completed", "预发布完成", BatchStatus.PreDeploying, "engine", Noon, Stage.Pre,
            total)
            with
        { Applications = Enumerable.Range(1, total).Select(n => new ApplicationOutcome($"app-{n}", ReleaseStatus.Succeeded)).ToList() };

    public static Notice Failed(long id = 42, int version = 4, int failed = 1, int total = 3, string reason = "image not found") =>
        Notice.Transition(Batch(id, BatchStatus.Sealed, version), "pre_deploy_failed", "预发布失败", BatchStatus.PreDeploying, "engine", Noon, Stage.Pre, total)
            with
        {
            Reason = reason,
            Applications = Enumerable.Range(1, total)
                .Select(n => n <= failed ? new ApplicationOutcome($"app-{n}", ReleaseStatus.Failed, reason)
                    : new ApplicationOutcome($"app-{n}", ReleaseStatus.Succeeded)).ToList()
        };

    public static Notice AppFailed(int app, long id = 42, int total = 3, string reason = "image not found") =>
        Notice.ApplicationFailed(Batch(id, BatchStatus.PreDeploying), Stage.Pre, new ApplicationOutcome($"app-{app}", ReleaseStatus.Failed, reason), Noon,
            total);

    public static NoticeMessage Message(Notice notice, params Notice[] carried) =>
        new NoticeComposer(new NotificationOptions { PublicUrl = "https://cd.example.com/" }).Compose(notice, carried);
}
