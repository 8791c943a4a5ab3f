using System.Data;
using MassTransit.EntityFrameworkCoreIntegration.Saga;
using MassTransit.Saga;
using Microsoft.EntityFrameworkCore;

namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>Makes saga repositories without a container.</summary>
public static class EntityFrameworkSagaRepository<TSaga>
    where TSaga : class, ISaga
{
    /// <summary>A repository that relies on the concurrency token in the model.</summary>
    public static ISagaRepository<TSaga> CreateOptimistic(Func<DbContext> dbContextFactory,
        Func<IQueryable<TSaga>, IQueryable<TSaga>>? queryCustomization = null, bool isTransactionEnabled = true) =>
        CreateOptimistic(new DelegateSagaDbContextFactory<TSaga>(dbContextFactory), queryCustomization, isTransactionEnabled);

    /// <summary>A repository that relies on the concurrency token in the model.</summary>
    public static ISagaRepository<TSaga> CreateOptimistic(ISagaDbContextFactory<TSaga> dbContextFactory,
        Func<IQueryable<TSaga>, IQueryable<TSaga>>? queryCustomization = null, bool isTransactionEnabled = true) =>
        Create(dbContextFactory, new OptimisticSagaRepositoryLockStrategy<TSaga>(queryCustomization, IsolationLevel.ReadCommitted, isTransactionEnabled));

    /// <summary>A repository that locks the instance's row; unless told, in the way of the context's database.</summary>
    public static ISagaRepository<TSaga> CreatePessimistic(Func<DbContext> dbContextFactory, ILockStatementProvider? lockStatementProvider = null,
        Func<IQueryable<TSaga>, IQueryable<TSaga>>? queryCustomization = null) =>
        CreatePessimistic(new DelegateSagaDbContextFactory<TSaga>(dbContextFactory), lockStatementProvider, queryCustomization);

    /// <summary>A repository that locks the instance's row; unless told, in the way of the context's database.</summary>
    public static ISagaRepository<TSaga> CreatePessimistic(ISagaDbContextFactory<TSaga> dbContextFactory, ILockStatementProvider? lockStatementProvider = null,
        Func<IQueryable<TSaga>, IQueryable<TSaga>>? queryCustomization = null) =>
        Create(dbContextFactory, new PessimisticSagaRepositoryLockStrategy<TSaga>(
            lockStatementProvider ?? ProviderLockStatementProvider.Instance, queryCustomization, IsolationLevel.ReadCommitted));

    private static SagaRepository<TSaga> Create(ISagaDbContextFactory<TSaga> dbContextFactory, ISagaRepositoryLockStrategy<TSaga> lockStrategy)
    {
        var contexts = new EntityFrameworkSagaRepositoryContextFactory<TSaga>(dbContextFactory, new SagaConsumeContextFactory<DbContext, TSaga>(),
            lockStrategy);
        return new SagaRepository<TSaga>(contexts, contexts, contexts);
    }
}
