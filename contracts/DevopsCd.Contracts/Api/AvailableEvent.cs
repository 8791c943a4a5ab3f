namespace DevopsCd.Contracts.Api;

/// <summary>An event that is legal now.</summary>
public sealed record AvailableEvent
{
    /// <summary>The event's key.</summary>
    public required string Event { get; init; }

    /// <summary>Its Chinese label.</summary>
    public required string Description { get; init; }

    /// <summary>Code of the state it leads to.</summary>
    public required int TargetState { get; init; }

    /// <summary>English name of that state.</summary>
    public required string TargetStateName { get; init; }

    /// <summary><c>person</c> or <c>engine</c>: who raises it.</summary>
    public required string By { get; init; }
}
