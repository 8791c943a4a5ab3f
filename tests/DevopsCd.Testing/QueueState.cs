namespace DevopsCd.Testing;

/// <summary>A queue as the broker's management interface counts it (the counts are at most about a second old).</summary>
public sealed record QueueState(string Name, long Ready, long Unacked, int Consumers);
