
namespace DevopsCd.Core.Releases;

/// <summary>Where and how an application deploys in one stage and cluster.</summary>
internal sealed class ApplicationTarget
{
    public long Id { get; set; }

    public long ApplicationId { get; set; }

    public Application Application { get; set; } = null!;

    public Stage Stage { get; set; }

    public string Cluster { get; set; } = "";

    public string Namespace { get; set; } = "";

    public string WorkloadKind { get; set; } = "";

    public string WorkloadName { get; set; } = "";

    public string? Container { get; set; }

    public string Strategy { get; set; } = "";

    /// <summary>The strategy's settings, as JSON.</summary>
    public string StrategySettings { get; set; } = "{}";

    /// <summary>Counted from 1: it deploys when all of the waves before have succeeded (R23).</summary>
    public int Wave { get; set; } = 1;
}
