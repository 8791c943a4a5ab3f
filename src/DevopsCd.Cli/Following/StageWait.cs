using DevopsCd.Contracts.Api;

namespace DevopsCd.Cli.Following;

/// <summary>What ends the wait for a stage: the first accepted event after the one that was raised which is its decision, or leads elsewhere.</summary>
/// <param name="Name">For people.</param>
/// <param name="Good">The events that are what was waited for.</param>
/// <param name="Through">The states it goes through.</param>
/// <param name="Start">The event that begins it, to ask what stands in its way; null where nothing does.</param>
internal sealed record StageWait(FormattableString Name, IReadOnlySet<string> Good, IReadOnlySet<string> Through, string? Start)
{
    public static readonly StageWait Pre = new($"pre-production", Set("pre_deploy_completed"), Set("Sealed", "PreDeploying"), "start_pre_deploy");

    public static readonly StageWait Prod = new($"production", Set("prod_deploy_completed"), Set("ProdDeploying"), "start_prod_deploy");

    public static readonly StageWait Rollback =
        new($"the rollback", Set("prod_rollback_completed"), Set("ProdDeploying", "ProdRollingBack"), "start_prod_rollback");

    public static readonly StageWait Cancel = new($"the cancellation", Set("deploy_stopped", "cancel"), Set("PreDeploying"), null);

    private static readonly HashSet<string> s_failures = Set("pre_deploy_failed", "prod_deploy_failed", "prod_rollback_failed");

    /// <summary>The decision among what came after the event; null while there is none.</summary>
    public BatchEventView? DecisionIn(IEnumerable<BatchEventView> after) =>
        // One more vote begins nothing yet.
        after.Where(e => e.Event != "approval_given")
            .FirstOrDefault(e => Good.Contains(e.Event) || s_failures.Contains(e.Event) || !Through.Contains(e.To ?? ""));

    private static HashSet<string> Set(params ReadOnlySpan<string> names) => [.. names];
}
