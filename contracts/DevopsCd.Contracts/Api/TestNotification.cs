namespace DevopsCd.Contracts.Api;

/// <summary>Body of <c>POST /api/v1/notifications/test</c>.</summary>
public sealed record TestNotification
{
    /// <summary>The channel's name in the configuration.</summary>
    public required string Channel { get; init; }
}
