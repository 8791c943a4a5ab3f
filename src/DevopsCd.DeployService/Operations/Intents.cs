namespace DevopsCd.DeployService.Operations;

/// <summary>Which way an operation is heading.</summary>
internal static class Intents
{
    /// <summary>Forward, to the requested image.</summary>
    public const string Deploy = "deploy";

    /// <summary>Back to the recorded previous state.</summary>
    public const string Return = "return";

    /// <summary>Nowhere: the rollout is halted where it is.</summary>
    public const string Hold = "hold";
}
