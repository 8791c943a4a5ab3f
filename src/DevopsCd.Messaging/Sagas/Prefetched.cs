namespace MassTransit.EntityFrameworkCoreIntegration.Saga;

/// <summary>What was found under the lock before the repository was asked.</summary>
/// <param name="CorrelationId">Whose instance was looked for.</param>
/// <param name="Instance">The instance, or null when there is none.</param>
internal sealed record Prefetched<TSaga>(Guid CorrelationId, TSaga? Instance)
    where TSaga : class, ISaga;
