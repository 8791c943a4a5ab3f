namespace DevopsCd.Core.Batches.Delivery;

/// <summary>An application that has reached production with a new build.</summary>
/// <param name="Since">
/// When the oldest build was there that came with it: those that earlier releases have skipped, or brought and took back, wait since then.
/// </param>
/// <param name="ReleasedAt">When the last cluster of production had it.</param>
internal sealed record ReleasedChange(DateTimeOffset Since, DateTimeOffset ReleasedAt)
{
    public TimeSpan LeadTime => ReleasedAt - Since;
}
