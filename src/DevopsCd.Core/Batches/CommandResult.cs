using System.Text.Json;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Releases;

namespace DevopsCd.Core.Batches;

/// <summary>What came of a command: the same for the first request and for each that repeats it.</summary>
internal sealed record CommandResult
{
    /// <summary>Of the audit's row.</summary>
    public required long Id { get; init; }

    public required string Event { get; init; }

    public required EventOutcome Outcome { get; init; }

    /// <summary>Null when there is no such batch.</summary>
    public long? BatchId { get; init; }

    public required Guid BatchCorrelationId { get; init; }

    /// <summary>The state before; null for a batch that is new, or is not there.</summary>
    public string? FromState { get; init; }

    /// <summary>The state after; for a refusal the same as before.</summary>
    public string? ToState { get; init; }

    public required string Operator { get; init; }

    /// <summary>Through what: see <see cref="Auditing.EventSource" />.</summary>
    public required string Source { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>The batch's version after it.</summary>
    public required int Version { get; init; }

    /// <summary>Why it was not accepted; null for what was.</summary>
    public RefusalKind? RefusalKind { get; init; }

    /// <summary>Of a refusal: why. Else what the sender gave.</summary>
    public string? Reason { get; init; }

    /// <summary>Of a refusal: the wrong fields, or the applications that have changed, with what is to be said of each.</summary>
    public IReadOnlyDictionary<string, string[]> Fields { get; init; } = new Dictionary<string, string[]>();

    /// <summary>Of a refusal that this call has met with: what was said, for whoever tells it in another language. Null for one that is answered again.</summary>
    public BatchRefusedException? Refused { get; init; }

    /// <summary>Of a seal: what differs from what was approved; null when nothing does.</summary>
    public IReadOnlyList<ContentChange>? SinceApproval { get; init; }

    /// <summary>Of an event that several people have to ask for: how many have; null where one person's word is enough.</summary>
    public VoteCount? Votes { get; init; }

    /// <summary>What is legal in the state after it.</summary>
    public required IReadOnlyList<AvailableEvent> LegalEvents { get; init; }

    public static CommandResult Of(BatchEvent row, BatchTransitionTable lifecycle)
    {
        var refused = row.Outcome is EventOutcome.Refused or EventOutcome.Denied or EventOutcome.Ignored;
        return new CommandResult
        {
            Id = row.Id,
            Event = row.Event,
            Outcome = row.Outcome,
            BatchId = row.BatchId,
            BatchCorrelationId = row.BatchCorrelationId,
            FromState = row.FromState,
            ToState = row.ToState,
            Operator = row.Operator,
            Source = row.Source,
            At = row.At,
            Version = row.Version,
            RefusalKind = refused ? row.RefusalKind ?? Releases.RefusalKind.Illegal : null,
            Reason = row.Reason,
            Fields = refused && row.Detail is not null ? JsonSerializer.Deserialize<Dictionary<string, string[]>>(row.Detail, JsonSerializerOptions.Web)! : [],
            SinceApproval = refused ? null : SealDetail.Read(row.Detail),
            Votes = refused ? null : VoteCount.Read(row.Detail),
            LegalEvents = row.ToState is null ? [] : lifecycle.Available(row.ToState)
        };
    }
}
