namespace DevopsCd.DeployService.Configuration;

/// <summary>Everything under <c>deploy_service</c>.</summary>
internal sealed class DeployServiceOptions
{
    public const string Section = "deploy_service";

    /// <summary>The clusters by the name requests use.</summary>
    public Dictionary<string, ClusterOptions> Clusters { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Where and how long operations are remembered.</summary>
    public RecordOptions Records { get; init; } = new();

    /// <summary>Who may call.</summary>
    public List<ApiKeyOptions> Keys { get; init; } = [];

    /// <summary>Whom to tell that an operation has ended.</summary>
    public CallbackOptions Callback { get; init; } = new();

    /// <summary>How rollouts are judged.</summary>
    public RolloutOptions Rollout { get; init; } = new();

    /// <summary>How much a caller may send.</summary>
    public LimitOptions Limits { get; init; } = new();
}
