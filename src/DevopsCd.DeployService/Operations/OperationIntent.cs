namespace DevopsCd.DeployService.Operations;

/// <summary>Which way an operation is heading.</summary>
internal static class OperationIntent
{
    /// <summary>Forward, to the requested image.</summary>
    public const string Deploy = "deploy";

    /// <summary>Back to the recorded previous state.</summary>
    public const string Return = "return";

    /// <summary>Nowhere: it has failed and is left as it is.</summary>
    public const string Keep = "keep";

    /// <summary>Nowhere: the rollout is halted where it is.</summary>
    public const string Hold = "hold";

    public static readonly IReadOnlyCollection<string> All = [Deploy, Return, Keep, Hold];
}
