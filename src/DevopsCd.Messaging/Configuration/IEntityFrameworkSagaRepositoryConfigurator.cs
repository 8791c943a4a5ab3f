using System.Data;
using MassTransit.EntityFrameworkCoreIntegration;
using Microsoft.EntityFrameworkCore;

namespace MassTransit;

/// <summary>Configures a saga repository on EF Core.</summary>
public interface IEntityFrameworkSagaRepositoryConfigurator
{
    /// <summary>Pessimistic (a row lock, the default) or optimistic (a concurrency token in the model, and a retry on the endpoint).</summary>
    ConcurrencyMode ConcurrencyMode { set; }

    /// <summary>The isolation of the repository's own transaction; inside an outbox the outbox's counts. Default ReadCommitted.</summary>
    IsolationLevel IsolationLevel { set; }

    /// <summary>The statement that reads and locks an instance. Unset, it follows the DbContext's provider.</summary>
    ILockStatementProvider LockStatementProvider { set; }

    /// <summary>Registers a DbContext and uses it.</summary>
    void AddDbContext<TContext, TImplementation>(Action<IServiceProvider, DbContextOptionsBuilder<TImplementation>>? optionsAction = null)
        where TContext : DbContext
        where TImplementation : DbContext, TContext;

    /// <summary>Makes a DbContext for every message by a delegate.</summary>
    void DatabaseFactory(Func<DbContext> databaseFactory);

    /// <summary>Makes a DbContext for every message by a delegate from the container.</summary>
    void DatabaseFactory(Func<IServiceProvider, Func<DbContext>> databaseFactory);

    /// <summary>Uses the DbContext of the message's scope, as it is registered in the container.</summary>
    void ExistingDbContext<TContext>()
        where TContext : DbContext;

    /// <summary>Optimistic concurrency, in a transaction or, with one save an event, without.</summary>
    void SetOptimisticConcurrency(bool useTransaction = true);
}

/// <summary>Configures the repository of <typeparamref name="TSaga"/> on EF Core.</summary>
public interface IEntityFrameworkSagaRepositoryConfigurator<TSaga> : IEntityFrameworkSagaRepositoryConfigurator
    where TSaga : class, ISaga
{
    /// <summary>Adds to the query that loads an instance, for example an Include.</summary>
    void CustomizeQuery(Func<IQueryable<TSaga>, IQueryable<TSaga>> queryCustomization);
}
