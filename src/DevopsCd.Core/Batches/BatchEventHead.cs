namespace DevopsCd.Core.Batches;

/// <summary>What all events to a batch say: which, to whom, by whom.</summary>
internal sealed record BatchEventHead(string Event, Guid BatchId, string? Operator);
