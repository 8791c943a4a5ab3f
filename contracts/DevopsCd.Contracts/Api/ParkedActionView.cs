namespace DevopsCd.Contracts.Api;

/// <summary>One decision about a parked message, or one that was refused.</summary>
public sealed record ParkedActionView
{
    /// <summary>What was decided: <c>replayed</c> or <c>discarded</c>.</summary>
    public required string Action { get; init; }

    /// <summary>Whether the decision was carried out; false when it was refused.</summary>
    public required bool Done { get; init; }

    /// <summary>The person who decided.</summary>
    public required string Operator { get; init; }

    /// <summary>The reason that was given, or why the decision was refused.</summary>
    public string? Detail { get; init; }

    /// <summary>When the decision was made.</summary>
    public required DateTimeOffset At { get; init; }
}
