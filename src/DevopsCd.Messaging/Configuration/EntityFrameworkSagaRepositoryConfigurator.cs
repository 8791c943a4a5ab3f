using System.Data;
using MassTransit.EntityFrameworkCoreIntegration;
using MassTransit.EntityFrameworkCoreIntegration.Saga;
using MassTransit.Saga;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace MassTransit.Configuration;

/// <summary>Collects what a saga repository is told and registers it.</summary>
internal sealed class EntityFrameworkSagaRepositoryConfigurator<TSaga> : IEntityFrameworkSagaRepositoryConfigurator<TSaga>, ISpecification
    where TSaga : class, ISaga
{
    private Action<IServiceCollection>? _registerDbContext;
    private Func<IQueryable<TSaga>, IQueryable<TSaga>>? _customize;
    private ILockStatementProvider _lockStatements = ProviderLockStatementProvider.Instance;
    private IsolationLevel _isolation = IsolationLevel.ReadCommitted;
    private ConcurrencyMode _mode = ConcurrencyMode.Pessimistic;
    private bool _transaction = true;

    public ConcurrencyMode ConcurrencyMode { set => _mode = value; }

    public IsolationLevel IsolationLevel { set => _isolation = value; }

    public ILockStatementProvider LockStatementProvider
    {
        set => _lockStatements = value ?? throw new ConfigurationException("LockStatementProvider must not be null");
    }

    public void CustomizeQuery(Func<IQueryable<TSaga>, IQueryable<TSaga>> queryCustomization) => _customize = queryCustomization;

    public void AddDbContext<TContext, TImplementation>(Action<IServiceProvider, DbContextOptionsBuilder<TImplementation>>? optionsAction = null)
        where TContext : DbContext
        where TImplementation : DbContext, TContext =>
        _registerDbContext = services =>
        {
            services.AddDbContext<TContext, TImplementation>((provider, options) =>
                optionsAction?.Invoke(provider, (DbContextOptionsBuilder<TImplementation>)options));
            UseContext<TContext>(services);
        };

    public void DatabaseFactory(Func<DbContext> databaseFactory) => DatabaseFactory(_ => databaseFactory);

    public void DatabaseFactory(Func<IServiceProvider, Func<DbContext>> databaseFactory) =>
        _registerDbContext = services =>
            services.TryAddScoped<ISagaDbContextFactory<TSaga>>(provider => new DelegateSagaDbContextFactory<TSaga>(databaseFactory(provider)));

    public void ExistingDbContext<TContext>()
        where TContext : DbContext => _registerDbContext = UseContext<TContext>;

    public void SetOptimisticConcurrency(bool useTransaction = true)
    {
        _mode = ConcurrencyMode.Optimistic;
        _transaction = useTransaction;
    }

    public IEnumerable<ValidationResult> Validate()
    {
        if (_registerDbContext is null)
            yield return this.Failure("DbContext", "must be specified: ExistingDbContext, AddDbContext or DatabaseFactory");
    }

    public void Register(ISagaRepositoryRegistrationConfigurator<TSaga> services)
    {
        _registerDbContext!(services);
        Interceptors.Register(services);

        // The same saga may be registered on a bus and on the mediator; the first to come decides for both.
        services.TryAddSingleton<ISagaRepositoryLockStrategy<TSaga>>(_mode == ConcurrencyMode.Optimistic
            ? new OptimisticSagaRepositoryLockStrategy<TSaga>(_customize, _isolation, _transaction)
            : new PessimisticSagaRepositoryLockStrategy<TSaga>(_lockStatements, _customize, _isolation));
        services.RegisterLoadSagaRepository<TSaga, EntityFrameworkSagaRepositoryContextFactory<TSaga>>();
        services.RegisterQuerySagaRepository<TSaga, EntityFrameworkSagaRepositoryContextFactory<TSaga>>();
        services.RegisterSagaRepository<TSaga, DbContext, SagaConsumeContextFactory<DbContext, TSaga>, EntityFrameworkSagaRepositoryContextFactory<TSaga>>();
    }

    private static void UseContext<TContext>(IServiceCollection services)
        where TContext : DbContext =>
        services.TryAddScoped<ISagaDbContextFactory<TSaga>, ContainerSagaDbContextFactory<TContext, TSaga>>();
}
