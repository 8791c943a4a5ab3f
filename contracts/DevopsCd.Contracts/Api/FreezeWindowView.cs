namespace DevopsCd.Contracts.Api;

/// <summary>One time that a freeze holds.</summary>
public sealed record FreezeWindowView
{
    /// <summary>When it begins.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>When it ends; from then on it holds no more.</summary>
    public required DateTimeOffset To { get; init; }
}
