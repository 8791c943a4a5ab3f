namespace DevopsCd.Cli.Connecting;

/// <summary>A service and how one is known there.</summary>
internal sealed record Context
{
    public required string Name { get; init; }

    /// <summary>The address of the service, without a path.</summary>
    public required string Server { get; init; }

    /// <summary>An API token; null where the service knows people by themselves.</summary>
    public string? Token { get; init; }

    /// <summary>Whether the token was made by a login of this command line, so that a logout ends it.</summary>
    public bool IsTokenOurs { get; init; }

    /// <summary>For whom the job's platform makes its tokens; null where one is known by another way.</summary>
    public string? Audience { get; init; }
}
