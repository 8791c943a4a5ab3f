namespace DevopsCd.Contracts.Api;

/// <summary>An API token to be made.</summary>
public sealed record NewToken
{
    /// <summary>What the token is for.</summary>
    public required string Name { get; init; }

    /// <summary>The permissions it is bounded to, for example <c>build.report</c>; without it all that its owner has.</summary>
    public IReadOnlyList<string>? Permissions { get; init; }

    /// <summary>The projects it is bounded to; without it all.</summary>
    public IReadOnlyList<string>? Projects { get; init; }

    /// <summary>For how many days it is valid; without it 90, or what the configuration allows at most.</summary>
    public int? ExpiresInDays { get; init; }
}
