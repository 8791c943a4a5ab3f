namespace DevopsCd.Contracts.Api;

/// <summary>One decision about a parked message, or one that was refused.</summary>
public sealed record ParkedActionView
{
    /// <summary><c>replayed</c> or <c>discarded</c>.</summary>
    public required string Action { get; init; }

    /// <summary>False when it was refused.</summary>
    public required bool Done { get; init; }

    /// <summary>Who.</summary>
    public required string Operator { get; init; }

    /// <summary>The reason given, or why it was refused.</summary>
    public string? Detail { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }
}
