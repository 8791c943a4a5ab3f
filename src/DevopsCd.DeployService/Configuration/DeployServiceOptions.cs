using DevopsCd.Shared;

namespace DevopsCd.DeployService.Configuration;

/// <summary>Everything under <c>deploy_service</c>.</summary>
internal sealed class DeployServiceOptions
{
    public const string Section = "deploy_service";

    /// <summary>The clusters by the name requests use.</summary>
    public Dictionary<string, ClusterOptions> Clusters { get; set; } = [];

    /// <summary>Where and how long operations are remembered.</summary>
    public RecordOptions Records { get; set; } = new();

    /// <summary>Who may call.</summary>
    public List<ApiKeyOptions> Keys { get; set; } = [];

    /// <summary>Whom to tell that an operation has ended.</summary>
    public CallbackOptions Callback { get; set; } = new();

    /// <summary>How rollouts are judged.</summary>
    public RolloutOptions Rollout { get; set; } = new();

    /// <summary>How much a caller may send.</summary>
    public LimitOptions Limits { get; set; } = new();

    /// <summary>Reads the section.</summary>
    /// <exception cref="WrongConfigurationException">Keys are wrong or unknown; each is named, with what is allowed.</exception>
    public static DeployServiceOptions Read(IConfiguration configuration)
    {
        var reader = new ConfigurationReader(configuration);
        var options = reader.Read<DeployServiceOptions>(Section);
        reader.Wrong(DeployServiceOptionsCheck.Errors(options));
        reader.ThrowIfWrong();
        return options;
    }
}
