using MassTransit.Clients;
using MassTransit.DependencyInjection;
using MassTransit.Middleware;
using MassTransit.Middleware.Outbox;
using MassTransit.Transports;
using Microsoft.EntityFrameworkCore;

namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>
/// What a scope outside of the bus's consumers publishes and sends with: the messages are rows of the scope's context and leave with its
/// save, or with the commit of the transaction it saves in.
/// </summary>
internal sealed class EntityFrameworkScopedBusContext<TBus, TDbContext> : ScopedBusContext, OutboxSendContext, IDisposable
    where TBus : class, IBus
    where TDbContext : DbContext
{
    private readonly TDbContext _dbContext;
    private readonly OutboxDelivery<TDbContext> _delivery;
    private readonly IServiceProvider _provider;
    private readonly bool _deliver;
    private readonly Lock _lock = new();
    private readonly List<OutboxGroup> _saved = [];
    private List<OutboxMessage> _unsaved = [];
    private Guid _outboxId;
    private bool _joined;
    private bool _lostSight;

    public EntityFrameworkScopedBusContext(TBus bus, TDbContext dbContext, OutboxDelivery<TDbContext> delivery, IClientFactory clientFactory,
        IServiceProvider provider, ConsumeContext? cause, bool deliver)
    {
        _dbContext = dbContext;
        _delivery = delivery;
        _provider = provider;
        _deliver = deliver;

        // Inside a mediator's consumer the messages still say what caused them.
        ISendEndpointProvider sends = cause is null ? bus : new ScopedConsumeSendEndpointProvider(bus, cause, provider);
        IPublishEndpointProvider publishes = cause is null ? bus : new ScopedConsumePublishEndpointProvider(bus, cause, provider);
        SendEndpointProvider = new OutboxSendEndpointProvider(this, sends);
        PublishEndpoint = new PublishEndpoint(new OutboxPublishEndpointProvider(this, publishes));
        ClientFactory = new ScopedClientFactory(new ClientFactory(new ScopedClientFactoryContext(clientFactory, provider)), cause!);
    }

    public ISendEndpointProvider SendEndpointProvider { get; }

    public IPublishEndpoint PublishEndpoint { get; }

    public IScopedClientFactory ClientFactory { get; }

    public object? GetService(Type serviceType) => _provider.GetService(serviceType);

    public Task AddSend<T>(SendContext<T> context)
        where T : class
    {
        var now = _delivery.Now;
        var message = OutboxMessages.Create(context, now);

        // A context is not made for two threads, but two publishes at once are common enough.
        lock (_lock)
        {
            if (!_joined)
            {
                _joined = true;
                _dbContext.SavingChanges += Saving;
                _dbContext.SavedChanges += Saved;
                _dbContext.SaveChangesFailed += NotSaved;
            }
            if (_unsaved.Count == 0)
                _outboxId = Guid.CreateVersion7(now);
            message.OutboxId = _outboxId;
            message.SequenceNumber = _unsaved.Count + 1;
            _unsaved.Add(message);
            _dbContext.Add(message);
        }
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        if (!_joined)
            return;

        _dbContext.SavingChanges -= Saving;
        _dbContext.SavedChanges -= Saved;
        _dbContext.SaveChangesFailed -= NotSaved;

        if (!_deliver)
            return;

        // Saved in a transaction that somebody else ended, well or badly, or by a save that nobody saw the end of: the table knows.
        foreach (var group in _saved)
            _delivery.DeliverIfCommitted(group);
        if (_lostSight && _unsaved.Count > 0)
            _delivery.DeliverIfCommitted(new OutboxGroup(_outboxId, _unsaved));
    }

    // The lease runs from the save, not from when the first message was published: a scope may take its time.
    private void Saving(object? sender, SavingChangesEventArgs saving)
    {
        lock (_lock)
        {
            var until = _delivery.Now + _delivery.Lease;
            foreach (var message in _unsaved)
                message.LockedUntil = until;
        }
    }

    private void NotSaved(object? sender, SaveChangesFailedEventArgs failed) => _lostSight = DatabaseFailures.MayHaveCommitted(failed.Exception);

    private void Saved(object? sender, SavedChangesEventArgs saved)
    {
        lock (_lock)
        {
            _lostSight = false;

            // What the caller has thrown out of the context since then was not saved and never will be.
            var stored = _unsaved.FindAll(message => _dbContext.Entry(message).State == EntityState.Unchanged);
            if (stored.Count == 0)
                return;

            var group = new OutboxGroup(_outboxId, stored);
            foreach (var message in stored)
                _dbContext.Entry(message).State = EntityState.Detached;
            _unsaved = [];

            var isInTransaction = _dbContext.Database.CurrentTransaction is not null;
            if (!isInTransaction && System.Transactions.Transaction.Current is null)
            {
                Deliver(group);
                return;
            }

            _saved.Add(group);
            if (isInTransaction)
                _dbContext.AfterCommit(() => Committed(group));
        }
    }

    private void Committed(OutboxGroup group)
    {
        lock (_lock)
        {
            if (_saved.Remove(group))
                Deliver(group);
        }
    }

    private void Deliver(OutboxGroup group)
    {
        if (_deliver)
            _delivery.Deliver(group);
    }
}
