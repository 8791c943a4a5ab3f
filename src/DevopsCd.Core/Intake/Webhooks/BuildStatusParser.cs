using DevopsCd.Contracts;

namespace DevopsCd.Core.Intake.Webhooks;

/// <summary>The words the senders use for how a build stands.</summary>
internal static class BuildStatusParser
{
    private static readonly HashSet<string> s_failures = new(
    [
        "action_required", "broken", "error", "errored", "failed", "failing", "failure", "faulted", "infrastructure_fail", "neutral", "not_built",
            "partiallysucceeded",
        "startup_failure", "system-error", "timed_out", "timedout", "unauthorized", "unstable",
    ], StringComparer.OrdinalIgnoreCase);

    public static BuildStatus Of(string? word) => word?.ToLowerInvariant() switch
    {
        "success" or "succeeded" or "successful" or "passed" or "fixed" or "ok" => BuildStatus.Success,
        "cancelled" or "canceled" or "killed" or "aborted" or "skipped" or "stale" or "declined" or "stopped" => BuildStatus.Cancelled,
        "running" or "pending" or "queued" or "created" or "in_progress" or "started" or "requested" or "waiting" or "preparing" or "scheduled"
            or "manual" or "waiting_for_resource" or "waiting_for_callback" or "canceling" or "blocked" or "inprogress" => BuildStatus.Running,
        _ => BuildStatus.Failed,
    };

    /// <summary>What is worth saying of a word that nobody knows: it counts as failed and its build is never offered.</summary>
    public static IReadOnlyList<string> Assumed(string? word) => word is null ? ["the sender names no status; taken as failed"]
        : Of(word) == BuildStatus.Failed && !s_failures.Contains(word) ? [$"status '{(word.Length > 50 ? word[..50] : word)}' is unknown; taken as failed"]
        : [];
}
