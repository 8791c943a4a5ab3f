namespace DevopsCd.Contracts.Api;

/// <summary>Which channel a test notice is sent to.</summary>
public sealed record TestNotification
{
    /// <summary>The channel's name in the configuration.</summary>
    public required string Channel { get; init; }
}
