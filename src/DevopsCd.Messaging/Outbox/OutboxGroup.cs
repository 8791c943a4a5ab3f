namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>The messages one transaction decided to send, in order.</summary>
/// <param name="Id">The outbox they are stored under.</param>
/// <param name="Messages">The messages, sorted by position.</param>
/// <param name="Endpoints">Where to get endpoints from; null for the bus.</param>
internal sealed record OutboxGroup(Guid Id, IReadOnlyList<OutboxMessage> Messages, ISendEndpointProvider? Endpoints = null);
