using DevopsCd.Cli.Output;
using DevopsCd.Contracts.Api;

namespace DevopsCd.Cli.Following;

/// <summary>How an application stands in the stage that a batch is in.</summary>
internal static class Stages
{
    private const int FirstOfProduction = 31;
    private const int Cancelled = 90;

    public static bool IsInProduction(BatchView batch) => batch.State is >= FirstOfProduction and < Cancelled;

    public static string StatusOf(ReleaseView release, bool inProduction) => inProduction ? release.ProdStatus : release.PreStatus;

    /// <summary>Its operations that are not over; empty where there is none.</summary>
    public static string InFlight(ReleaseView release, TimeProvider? clock = null) =>
        string.Join(", ", release.Deployments.Where(d => d.FinishedAt is null).Select(d =>
        $"{d.Stage}/{d.Cluster} {d.Status}{(d.Tries > 1 ? $", try {d.Tries}" : "")}{(clock is null ? "" : $", {Ages.Of(d.StartedAt, clock)}")}"));
}
