namespace DevopsCd.Contracts.Api;

/// <summary>What an operation would change in one container.</summary>
public sealed record DeployPreflightChange
{
    /// <summary>The container, or the field of a custom object.</summary>
    public required string Container { get; init; }

    /// <summary>The image that runs now.</summary>
    public string? From { get; init; }

    /// <summary>The image that would run.</summary>
    public required string To { get; init; }
}
