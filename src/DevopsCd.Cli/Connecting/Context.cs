namespace DevopsCd.Cli.Connecting;

/// <summary>A service and how one is known there.</summary>
internal sealed record Context
{
    public required string Name { get; init; }

    /// <summary>The address of the service, without a path.</summary>
    public required string Server { get; init; }

    /// <summary>An API token; null where the service knows people by themselves.</summary>
    public string? Token { get; init; }
}
