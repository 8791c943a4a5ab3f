namespace DevopsCd.Contracts.Api;

/// <summary>A time in which stages do not start.</summary>
public sealed record FreezeView
{
    /// <summary>The freeze's name.</summary>
    public required string Name { get; init; }

    /// <summary>The freeze as it was set.</summary>
    public required FreezeBody Freeze { get; init; }

    /// <summary>Whether it holds at present.</summary>
    public required bool Active { get; init; }

    /// <summary>When it holds: the present time, where it does, and the next ones, at most 5; empty once it is over for good.</summary>
    public required IReadOnlyList<FreezeWindowView> Windows { get; init; }

    /// <summary>Who has set it last.</summary>
    public required string UpdatedBy { get; init; }

    /// <summary>When it was set last.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }
}
