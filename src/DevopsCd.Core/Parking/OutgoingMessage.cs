using MassTransit.EntityFrameworkCoreIntegration;

namespace DevopsCd.Core.Parking;

/// <summary>A message in the outbox that was given up, and why.</summary>
internal sealed class OutgoingMessage
{
    public required OutboxState Trouble { get; init; }

    public required OutboxMessage Message { get; init; }
}
