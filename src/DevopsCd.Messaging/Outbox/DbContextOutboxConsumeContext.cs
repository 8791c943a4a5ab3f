using MassTransit.Middleware;
using MassTransit.Middleware.Outbox;
using Microsoft.EntityFrameworkCore;

namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>
/// The message as the consumer sees it: whatever it sends is kept here, written in one statement with the rest of the transaction,
/// and leaves after the commit.
/// </summary>
internal sealed class DbContextOutboxConsumeContext<TDbContext, TMessage> : OutboxConsumeContextProxy<TMessage>, DbTransactionContext, IInboxClaim
    where TDbContext : DbContext
    where TMessage : class
{
    private readonly TDbContext _dbContext;
    private readonly OutboxDelivery<TDbContext> _delivery;
    private readonly ISendEndpointProvider _endpoints;
    private readonly InboxState _row;
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource<bool> _fate = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<OutboxMessage> _messages = [];
    private readonly Guid _outboxId;
    private bool? _first;
    private bool _sealed;

    public DbContextOutboxConsumeContext(ConsumeContext<TMessage> context, OutboxConsumeOptions options, IServiceProvider provider,
        TDbContext dbContext, OutboxDelivery<TDbContext> delivery, InboxState row, Guid outboxId)
        : base(context, options, provider)
    {
        _dbContext = dbContext;
        _delivery = delivery;
        _endpoints = context.ReceiveContext.SendEndpointProvider;
        _row = row;
        _outboxId = outboxId;
        TransactionId = dbContext.Database.CurrentTransaction!.TransactionId;
    }

    public Guid TransactionId { get; }

    public override Guid? MessageId => _row.MessageId;

    public override bool ContinueProcessing { get; set; } = true;

    public override bool IsMessageConsumed => IsDuplicate;

    public override bool IsOutboxDelivered => IsDuplicate;

    public override int ReceiveCount => IsDuplicate ? 2 : 1;

    public override long? LastSequenceNumber => null;

    /// <summary>The message was consumed before; nothing of this try may stay.</summary>
    public bool IsDuplicate => _first == false;

    /// <summary>What the consumer has sent.</summary>
    public IReadOnlyList<OutboxMessage> Messages => _messages;

    DbContext IInboxClaim.DbContext => _dbContext;

    InboxState? IInboxClaim.Row => _first is null ? _row : null;

    public void Decide(bool first) => _first = first;

    public async Task<bool> AskAsync()
    {
        _first ??= await OutboxModel.For(_dbContext).Inbox.TryConsumeAsync(_dbContext, _row, CancellationToken).ConfigureAwait(false);
        return _first.Value;
    }

    /// <summary>Writes everything the consumer did. What is sent from now on can no longer be part of the transaction.</summary>
    public override async Task SetConsumed()
    {
        lock (_lock)
            _sealed = true;

        if (!await AskAsync().ConfigureAwait(false))
            return;

        await UnitOfWork.SaveAsync(_dbContext, CancellationToken).ConfigureAwait(false);

        // The lease runs from here, not from when the first message was sent: a consumer may take its time.
        var until = _delivery.Now + _delivery.Lease;
        foreach (var message in _messages)
            message.LockedUntil = until;
    }

    public override Task AddSend<T>(SendContext<T> context)
    {
        var message = OutboxMessages.Create(context, _delivery.Now);
        message.InboxMessageId = _row.MessageId;
        message.InboxConsumerId = ConsumerId;

        lock (_lock)
        {
            if (!_sealed)
            {
                message.OutboxId = _outboxId;
                message.SequenceNumber = _messages.Count + 1;
                _messages.Add(message);
                return Task.CompletedTask;
            }
        }
        return AddLateAsync(message);
    }

    /// <summary>Hands the messages over once they are committed.</summary>
    public void Committed()
    {
        _fate.TrySetResult(true);
        if (_messages.Count > 0)
            _delivery.Deliver(new OutboxGroup(_outboxId, _messages, _endpoints));
    }

    /// <summary>Nobody saw whether they were committed. The retry will find a duplicate if so, and would leave them to wait for their lease.</summary>
    public void LostSight()
    {
        if (_messages.Count > 0)
            _delivery.DeliverIfCommitted(new OutboxGroup(_outboxId, _messages, _endpoints));
    }

    public void RolledBack() => _fate.TrySetResult(false);

    public override Task SetDelivered() => Task.CompletedTask;

    public override Task<List<OutboxMessageContext>> LoadOutboxMessages() => Task.FromResult<List<OutboxMessageContext>>([]);

    public override Task NotifyOutboxMessageDelivered(OutboxMessageContext message) => Task.CompletedTask;

    public override Task RemoveOutboxMessages() => Task.CompletedTask;

    // A send nobody awaited came after the consumer had ended. It is bound to the fate of the transaction, so it waits for that,
    // and is then stored by itself rather than lost.
    private async Task AddLateAsync(OutboxMessage message)
    {
        if (!await _fate.Task.ConfigureAwait(false))
            throw new InvalidOperationException("The message was sent after its consumer had ended, and the consumer's transaction was rolled back");

        message.OutboxId = Guid.CreateVersion7(_delivery.Now);
        message.SequenceNumber = 1;
        message.LockedUntil = _delivery.Now + _delivery.Lease;
        await _delivery.RunAsync(async (model, db) =>
        {
            await model.Outbox.InsertAsync(db, [message], CancellationToken.None).ConfigureAwait(false);
            return 0;
        }, false, CancellationToken.None).ConfigureAwait(false);
        _delivery.Deliver(new OutboxGroup(message.OutboxId, [message], _endpoints));
    }
}
