namespace DevopsCd.Contracts.Api;

/// <summary>A gate is to let pass although it has not passed.</summary>
public sealed record GateOverrideBody
{
    /// <summary>Why; it stands in the audit.</summary>
    public required string Reason { get; init; }
}
