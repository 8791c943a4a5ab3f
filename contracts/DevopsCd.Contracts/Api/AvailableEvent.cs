namespace DevopsCd.Contracts.Api;

/// <summary>An event that is legal in a batch's present state.</summary>
public sealed record AvailableEvent
{
    /// <summary>The key of the event, as it stands in the address.</summary>
    public required string Event { get; init; }

    /// <summary>The Chinese label of the event.</summary>
    public required string Description { get; init; }

    /// <summary>The code of the state that the event leads to.</summary>
    public required int TargetState { get; init; }

    /// <summary>The English name of the state that the event leads to.</summary>
    public required string TargetStateName { get; init; }

    /// <summary>Who raises the event: <c>person</c> or <c>engine</c>.</summary>
    public required string By { get; init; }
}
