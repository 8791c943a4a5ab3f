namespace DevopsCd.Contracts.Api;

/// <summary>One event of a cluster about what has failed.</summary>
public sealed record DeployCauseEvent
{
    /// <summary>The event's short word, for example <c>Unhealthy</c>.</summary>
    public required string Reason { get; init; }

    /// <summary>What it says; at most 300 characters.</summary>
    public required string Message { get; init; }

    /// <summary>How often it has happened.</summary>
    public int Count { get; init; } = 1;

    /// <summary>When it last happened; absent where the event does not say.</summary>
    public DateTimeOffset? At { get; init; }
}
