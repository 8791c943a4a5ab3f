using MassTransit.Middleware;

namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>Marks messages that a saga consumes.</summary>
internal sealed class SagaOutboxConsumeOptions : OutboxConsumeOptions;
