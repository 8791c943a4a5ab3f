namespace DevopsCd.Contracts.Api;

/// <summary>How a reported build was stored.</summary>
public sealed record BuildTaken
{
    /// <summary>The number of the stored build, for <c>GET /builds/{id}</c>.</summary>
    public required long Id { get; init; }

    /// <summary>The name under which the build is stored: a second attempt of <c>128</c> is <c>128.2</c>, other content under that number is <c>128~2</c>.</summary>
    public required string BuildNumber { get; init; }

    /// <summary>Whether the build was known already and the report changed nothing.</summary>
    public required bool Known { get; init; }

    /// <summary>Whether an application of the build's name is registered.</summary>
    public required bool Matched { get; init; }

    /// <summary>What a person should know about the build, for example that its finish time cannot be true.</summary>
    public required IReadOnlyList<string> Notes { get; init; }
}
