namespace DevopsCd.Contracts.Api;

/// <summary>A row of a batch's audit.</summary>
public sealed record BatchEventView
{
    /// <summary>The row, also the cursor.</summary>
    public required long Id { get; init; }

    /// <summary>The event's key.</summary>
    public required string Event { get; init; }

    /// <summary><c>accepted, refused, ignored</c> or <c>noted</c>.</summary>
    public required string Outcome { get; init; }

    /// <summary>English name of the state before.</summary>
    public string? From { get; init; }

    /// <summary>English name of the state after.</summary>
    public string? To { get; init; }

    /// <summary>Who.</summary>
    public required string Operator { get; init; }

    /// <summary><c>http, message</c> or <c>engine</c>.</summary>
    public required string Source { get; init; }

    /// <summary>Why.</summary>
    public string? Reason { get; init; }

    /// <summary>The message that carried it.</summary>
    public Guid? MessageId { get; init; }

    /// <summary>More, where there is more.</summary>
    public System.Text.Json.JsonElement? Detail { get; init; }

    /// <summary>The batch's version after it.</summary>
    public required int Version { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }
}
