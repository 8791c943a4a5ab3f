namespace DevopsCd.Contracts.Api;

/// <summary>One of DORA's five measures.</summary>
public sealed record DoraMeasure
{
    /// <summary>
    /// The name of the measure: <c>deployment_frequency</c>, <c>change_lead_time</c>, <c>change_fail_rate</c>, <c>failed_deployment_recovery_time</c> or
    /// <c>deployment_rework_rate</c>.
    /// </summary>
    public required string Name { get; init; }

    /// <summary>The value; absent where there was nothing to measure.</summary>
    public double? Value { get; init; }

    /// <summary>What the value is in: <c>per_day</c>, <c>hours</c> or <c>ratio</c>.</summary>
    public required string Unit { get; init; }

    /// <summary>How many things were measured.</summary>
    public required int Count { get; init; }

    /// <summary>How the value is reckoned here, for people.</summary>
    public required string Definition { get; init; }
}
