namespace DevopsCd.Core.Batches;

/// <summary>An event that is legal in a state, and where it leads.</summary>
internal sealed record LifecycleRow(string Event, string From, string To);
