using DevopsCd.Cli.Output;
using DevopsCd.Contracts.Api;

namespace DevopsCd.Cli.Following;

/// <summary>How an application stands in the stage that a batch is in.</summary>
internal static class Stages
{
    private const int FirstOfProduction = 31;
    private const int RollingBack = 33;
    private const int Cancelled = 90;

    /// <summary>The stage that the batch has come to, as the service names it.</summary>
    public static string Of(BatchView batch) => batch.State switch
    {
        RollingBack => "rollback",
        >= FirstOfProduction and < Cancelled => "prod",
        _ => "pre"
    };

    public static string StatusOf(ReleaseView release, string stage) => stage switch
    {
        "rollback" => release.RollbackStatus,
        "prod" => release.ProdStatus,
        _ => release.PreStatus
    };

    /// <summary>Its operations of the stage's last attempt that have failed.</summary>
    public static IEnumerable<DeploymentView> Failed(ReleaseView release, string stage)
    {
        var operations = release.Deployments.Where(d => d.Stage == stage).ToList();
        var attempt = operations.Count == 0 ? 0 : operations.Max(d => d.Attempt);
        return operations.Where(d => d.Attempt == attempt && d.Status is ("failed" or "timed_out"));
    }

    /// <summary>Its operations that are not over; empty where there is none.</summary>
    public static string InFlight(ReleaseView release, TimeProvider? clock = null) =>
        string.Join(", ", release.Deployments.Where(d => d.FinishedAt is null).Select(d =>
        $"{d.Stage}/{d.Cluster} {d.Status}{(d.Tries > 1 ? $", try {d.Tries}" : "")}{(clock is null ? "" : $", {Ages.Of(d.StartedAt, clock)}")}"));
}
