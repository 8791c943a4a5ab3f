using MassTransit.Context;
using MassTransit.Logging;
using MassTransit.Saga;
using Microsoft.EntityFrameworkCore;

namespace MassTransit.EntityFrameworkCoreIntegration.Saga;

/// <summary>
/// The repository as one message sees it. Nothing is saved here but an insert that must be tried at once: whoever owns the
/// transaction saves everything the event changed in one go.
/// </summary>
internal sealed class DbContextSagaRepositoryContext<TSaga, TMessage>(
    DbContext dbContext,
    ConsumeContext<TMessage> consumeContext,
    ISagaConsumeContextFactory<DbContext, TSaga> factory,
    ISagaRepositoryLockStrategy<TSaga> lockStrategy,
    Prefetched<TSaga>? prefetched)
    : ConsumeContextScope<TMessage>(consumeContext, dbContext), SagaRepositoryContext<TSaga, TMessage>
    where TSaga : class, ISaga
    where TMessage : class
{
    private readonly ConsumeContext<TMessage> _consumeContext = consumeContext;
    private Prefetched<TSaga>? _prefetched = prefetched;

    public Task<SagaConsumeContext<TSaga, TMessage>> Add(TSaga instance) =>
        factory.CreateSagaConsumeContext(dbContext, _consumeContext, instance, SagaConsumeContextMode.Add);

    public async Task<SagaConsumeContext<TSaga, TMessage>> Insert(TSaga instance)
    {
        if (_prefetched is { Instance: not null } existing && existing.CorrelationId == instance.CorrelationId)
            return null!; // it is there already

        _prefetched = null;
        var entry = dbContext.Add(instance);
        var savepoints = dbContext.Database.AutoSavepointsEnabled;
        try
        {
            // Should another message have created the instance, PostgreSQL would refuse the rest of the transaction without one.
            dbContext.Database.AutoSavepointsEnabled = true;
            await dbContext.SaveChangesAsync(CancellationToken).ConfigureAwait(false);
            _consumeContext.LogInsert<TSaga, TMessage>(instance.CorrelationId);
        }
        catch (DbUpdateException exception)
        {
            entry.State = EntityState.Detached;
            _consumeContext.LogInsertFault<TSaga, TMessage>(exception, instance.CorrelationId);
            return null!; // the contract's word for: load it instead
        }
        finally
        {
            dbContext.Database.AutoSavepointsEnabled = savepoints;
        }
        return await factory.CreateSagaConsumeContext(dbContext, _consumeContext, instance, SagaConsumeContextMode.Insert).ConfigureAwait(false);
    }

    public async Task<SagaConsumeContext<TSaga, TMessage>> Load(Guid correlationId)
    {
        var found = _prefetched;
        _prefetched = null;
        var instance = found?.CorrelationId == correlationId
            ? found.Instance
            : await lockStrategy.LoadAsync(dbContext, correlationId, CancellationToken).ConfigureAwait(false);
        return instance is null
            ? null! // the contract's word for: there is none
            : await factory.CreateSagaConsumeContext(dbContext, _consumeContext, instance, SagaConsumeContextMode.Load).ConfigureAwait(false);
    }

    public Task Save(SagaConsumeContext<TSaga> context)
    {
        dbContext.Add(context.Saga);
        return Task.CompletedTask;
    }

    public Task Update(SagaConsumeContext<TSaga> context) => Task.CompletedTask;

    public Task Delete(SagaConsumeContext<TSaga> context)
    {
        dbContext.Remove(context.Saga);
        return Task.CompletedTask;
    }

    public Task Discard(SagaConsumeContext<TSaga> context)
    {
        var entry = dbContext.Entry(context.Saga);
        if (entry.State == EntityState.Added)
            entry.State = EntityState.Detached;
        return Task.CompletedTask;
    }

    public Task Undo(SagaConsumeContext<TSaga> context)
    {
        var entry = dbContext.Entry(context.Saga);
        if (entry.State is EntityState.Unchanged or EntityState.Modified)
        {
            // The values go back too, or the save that follows would find them changed again.
            entry.CurrentValues.SetValues(entry.OriginalValues);
            entry.State = EntityState.Unchanged;
        }
        return Task.CompletedTask;
    }

    public Task<SagaConsumeContext<TSaga, T>> CreateSagaConsumeContext<T>(ConsumeContext<T> consumeContext, TSaga instance, SagaConsumeContextMode mode)
        where T : class =>
        factory.CreateSagaConsumeContext(dbContext, consumeContext, instance, mode);
}
