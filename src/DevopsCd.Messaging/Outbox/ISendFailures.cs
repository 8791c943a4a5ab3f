namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>
/// Says what a failed send means, where that needs knowledge of the transport. Whoever chooses the transport may register one; without it a time-out
/// and a lost connection are outages, and anything else counts against the message.
/// </summary>
public interface ISendFailures
{
    /// <summary>Whether the broker was away or takes nothing now, whatever the message: it waits, however often it was tried, and is never parked.</summary>
    bool IsOutage(Exception exception);
}
