using DevopsCd.Contracts;

namespace DevopsCd.Core.Intake.Webhooks;

/// <summary>The words the senders use for how a build stands.</summary>
internal static class Statuses
{
    public static BuildStatus Of(string? word) => word?.ToLowerInvariant() switch
    {
        "success" or "succeeded" or "passed" or "ok" => BuildStatus.Success,
        "cancelled" or "canceled" or "killed" or "aborted" or "skipped" or "stale" or "declined" => BuildStatus.Cancelled,
        "running" or "pending" or "queued" or "created" or "in_progress" or "started" or "requested" or "waiting" or "preparing" or "scheduled"
            or "manual" or "waiting_for_resource" or "blocked" => BuildStatus.Running,
        _ => BuildStatus.Failed,
    };
}
