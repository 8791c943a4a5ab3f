namespace DevopsCd.Contracts.Api;

/// <summary>How the delivery of software went in a time: DORA's five measures, from the engine's own records.</summary>
public sealed record DoraView
{
    /// <summary>The project; absent for all that the caller may view.</summary>
    public string? Project { get; init; }

    /// <summary>The names of the projects whose releases are counted.</summary>
    public required IReadOnlyList<string> Projects { get; init; }

    /// <summary>The first day, in UTC.</summary>
    public required DateOnly From { get; init; }

    /// <summary>The last day, in UTC.</summary>
    public required DateOnly To { get; init; }

    /// <summary>The five measures.</summary>
    public required IReadOnlyList<DoraMeasure> Measures { get; init; }

    /// <summary>The days of the report; weeks where it is longer than a month.</summary>
    public required IReadOnlyList<DoraPeriod> Periods { get; init; }
}
