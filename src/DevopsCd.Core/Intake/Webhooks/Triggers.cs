namespace DevopsCd.Core.Intake.Webhooks;

/// <summary>The words the senders use for what started a build.</summary>
internal static class Triggers
{
    private static readonly HashSet<string> s_ofBranch = new(
    [
        "api", "batchedci", "branch", "chat", "cron", "custom", "individualci", "manual", "parent_pipeline", "pipeline", "push", "repository_dispatch",
        "schedule", "scheduled", "scheduled_pipeline", "trigger", "web", "webide", "workflow_dispatch",
    ], StringComparer.OrdinalIgnoreCase);

    private static readonly HashSet<string> s_deployments =
        new(["deploy", "deployment", "deployment_status", "promote", "promotion", "rollback"], StringComparer.OrdinalIgnoreCase);

    private static readonly HashSet<string> s_requests =
        new(["external_pull_request_event", "merge_group", "merge_train", "pr", "mr"], StringComparer.OrdinalIgnoreCase);

    /// <summary>Why a build that was started so is not what its branch holds; null when it is.</summary>
    public static string? WhyNot(string word) =>
        s_ofBranch.Contains(word) ? null
        : IsRequest(word) ? $"started by '{word}': built for a pull or merge request, not from the branch"
        : s_deployments.Contains(word) ? $"started by '{word}': it deploys an earlier build"
        : $"started by '{word}', which is not a push to a branch";

    /// <summary>What is worth saying of a build of the branch; nothing for a push.</summary>
    public static IReadOnlyList<string> Said(string? word, string sender) => word is null
        ? [$"{sender} does not say what started it; taken as a push"]
        : word.Equals("push", StringComparison.OrdinalIgnoreCase) ? [] : [$"started by '{word}'"];

    private static bool IsRequest(string word) => s_requests.Contains(word) ||
        word.Replace("_", "", StringComparison.Ordinal) is var plain
            && (plain.StartsWith("pullrequest", StringComparison.OrdinalIgnoreCase) || plain.StartsWith("mergerequest", StringComparison.OrdinalIgnoreCase));
}
