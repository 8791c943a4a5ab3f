using MassTransit;

namespace DevopsCd.Core.Consuming;

/// <summary>Whether somebody may have begun with a message already.</summary>
internal static class Repetition
{
    /// <summary>True for what the broker delivers again, for a second try, and for what was held during an outage.</summary>
    public static bool CameBefore(this ConsumeContext context) =>
        context.ReceiveContext.Redelivered || context.GetRetryAttempt() > 0 || context.ReceiveContext.TryGetPayload<HeldDelivery>(out _);
}
