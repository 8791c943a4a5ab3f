namespace DevopsCd.Contracts.Api;

/// <summary>One row of a batch's audit.</summary>
public sealed record BatchEventView
{
    /// <summary>The row's number in the audit; pages are ordered by it.</summary>
    public required long Id { get; init; }

    /// <summary>The key of the event.</summary>
    public required string Event { get; init; }

    /// <summary>What became of the event: <c>accepted</c>, <c>refused</c>, <c>ignored</c> or <c>noted</c>.</summary>
    public required string Outcome { get; init; }

    /// <summary>The English name of the state before the event.</summary>
    public string? From { get; init; }

    /// <summary>The English name of the state after the event.</summary>
    public string? To { get; init; }

    /// <summary>The person or system that raised the event.</summary>
    public required string Operator { get; init; }

    /// <summary>How the event arrived: <c>http</c>, <c>message</c> or <c>engine</c>.</summary>
    public required string Source { get; init; }

    /// <summary>The reason that was given, or why the event was refused or ignored.</summary>
    public string? Reason { get; init; }

    /// <summary>The id of the message that carried the event.</summary>
    public Guid? MessageId { get; init; }

    /// <summary>Further facts about the event as JSON, where there are any.</summary>
    public System.Text.Json.JsonElement? Detail { get; init; }

    /// <summary>The batch's version after the event.</summary>
    public required int Version { get; init; }

    /// <summary>When the event was decided.</summary>
    public required DateTimeOffset At { get; init; }
}
