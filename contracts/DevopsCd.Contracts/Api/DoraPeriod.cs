namespace DevopsCd.Contracts.Api;

/// <summary>A day or a week of a delivery report.</summary>
public sealed record DoraPeriod
{
    /// <summary>The first day of the period, in UTC.</summary>
    public required DateOnly Start { get; init; }

    /// <summary>Releases that production took.</summary>
    public required int Deployments { get; init; }

    /// <summary>Releases that failed in production, were interrupted or were taken back.</summary>
    public required int Failures { get; init; }

    /// <summary>The median lead time of the changes that reached production, in hours; absent where none did.</summary>
    public double? LeadTimeHours { get; init; }
}
