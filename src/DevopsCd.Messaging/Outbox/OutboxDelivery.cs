using System.Collections.Concurrent;
using System.Threading.Channels;
using DevopsCd.Shared;
using MassTransit.Serialization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>
/// Sends messages right after their commit, from memory, and removes the rows of many at once. Whatever does not work out here
/// (a crash, a broker that is away, a row that cannot be sent) is left in the table, where the sweep finds it.
/// </summary>
internal sealed class OutboxDelivery<TDbContext> : IAsyncDisposable, IDisposable
    where TDbContext : DbContext
{
    // Beyond this many outboxes memory is not the place to wait; their rows are.
    private const int Waiting = 10_000;
    private const int AtOnce = 64;
    private const int RemovedAtOnce = 1_000;

    // Between two removals more outboxes are delivered: their rows go with one statement then. Nobody waits for that.
    private static readonly TimeSpan s_removalPause = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(5);
    private static readonly SerializedMessageBody s_body = new();

    private readonly IServiceScopeFactory _scopes;
    private readonly TimeProvider _clock;
    private readonly ILogger<OutboxDelivery<TDbContext>> _log;
    private readonly OutboxDeliveryServiceOptions _options;
    private readonly int? _queryTimeout;
    private readonly Func<IBusControl> _bus;
    private readonly Channel<OutboxGroup> _groups =
        Channel.CreateBounded<OutboxGroup>(new BoundedChannelOptions(Waiting) { FullMode = BoundedChannelFullMode.Wait });
    private readonly Channel<Guid> _delivered = Channel.CreateUnbounded<Guid>(new UnboundedChannelOptions { SingleReader = true });
    private readonly ConcurrentDictionary<Guid, byte> _underWay = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lazy<Task> _work;

    public OutboxDelivery(IServiceScopeFactory scopes, OutboxBus<TDbContext> bus, IOptions<EntityFrameworkOutboxOptions<TDbContext>> options,
        ILogger<OutboxDelivery<TDbContext>> log, IServiceProvider provider)
    {
        _scopes = scopes;
        _bus = () => bus.Find(provider);
        _clock = provider.GetService<TimeProvider>() ?? TimeProvider.System;
        _log = log;
        _options = options.Value.Delivery;
        _queryTimeout = options.Value.QueryTimeout is { } timeout ? (int)Math.Ceiling(timeout.TotalSeconds) : null;
        _work = new Lazy<Task>(StartAsync);
    }

    /// <summary>Raised when rows were left to the sweep that it may take at once.</summary>
    public event Action? LeftBehind;

    public DateTime Now => _clock.GetUtcNow().UtcDateTime;

    /// <summary>How long a deliverer owns a row: the time one send may take, and as much again to get to it.</summary>
    public TimeSpan Lease => _options.MessageDeliveryTimeout + _options.MessageDeliveryTimeout;

    /// <summary>Past its lease, or without time for a send within it, a message may already be somebody else's.</summary>
    public bool IsTooLateFor(OutboxMessage message) => Now > message.LockedUntil - _options.MessageDeliveryTimeout;

    /// <summary>Sends committed messages. Never waits for the broker.</summary>
    public void Deliver(OutboxGroup group)
    {
        _ = _work.Value;
        if (group.IsCommitted)
            _underWay.TryAdd(group.Id, 0);
        if (!_groups.Writer.TryWrite(group))
            _underWay.TryRemove(group.Id, out _);
    }

    /// <summary>This process is sending the outbox, or has sent it and is removing its rows: its own sweep lets it be, however long that takes.</summary>
    public bool IsUnderWay(Guid outboxId) => _underWay.ContainsKey(outboxId);

    /// <summary>Sends the messages of an outbox whose commit nobody saw, if they are there and nobody else's.</summary>
    public void DeliverIfCommitted(OutboxGroup group) => Deliver(group with { IsCommitted = false });

    /// <summary>Sends one message; throws when the transport does not take it in time.</summary>
    public async Task SendAsync(OutboxMessage message, ISendEndpointProvider? endpoints, CancellationToken cancellationToken)
    {
        if (message.ExpirationTime <= Now)
        {
            _log.Expired(message.MessageId, message.ExpirationTime.Value);
            return;
        }

        var pipe = new StoredMessagePipe(message, Now);
        using var trace = StoredTrace.Continue(pipe.Headers, "deliver from outbox");
        var address = message.DestinationAddress ?? throw new MessageException(typeof(OutboxMessage), "The message has no destination address");
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(_options.MessageDeliveryTimeout);
        var endpoint = await (endpoints ?? _bus()).GetSendEndpoint(address).WaitAsync(timeout.Token).ConfigureAwait(false);

        // The transport is not trusted to watch the token while it waits for a connection.
        await endpoint.Send(s_body, pipe, timeout.Token).WaitAsync(timeout.Token).ConfigureAwait(false);
    }

    /// <summary>Runs statements of the outbox on a connection of their own, in a transaction when they belong together.</summary>
    public async Task<T> RunAsync<T>(Func<OutboxModel, TDbContext, Task<T>> work, bool together, CancellationToken cancellationToken)
    {
        var scope = _scopes.CreateAsyncScope();
        await using (scope.ConfigureAwait(false))
        {
            var dbContext = scope.ServiceProvider.GetRequiredService<TDbContext>();
            var model = OutboxModel.For(dbContext);
            if (_queryTimeout is { } seconds)
                dbContext.Database.SetCommandTimeout(seconds);
            return await dbContext.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
            {
                using var turn = await SqliteWriters.WaitAsync(dbContext, cancellationToken).ConfigureAwait(false);
                await dbContext.Database.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
                try
                {
                    if (!together)
                        return await work(model, dbContext).ConfigureAwait(false);

                    var transaction = await dbContext.Database.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
                    await using (transaction.ConfigureAwait(false))
                    {
                        var result = await work(model, dbContext).ConfigureAwait(false);
                        await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
                        return result;
                    }
                }
                finally
                {
                    await dbContext.Database.CloseConnectionAsync().ConfigureAwait(false);
                }
            }).ConfigureAwait(false);
        }
    }

    /// <summary>For containers that are disposed without waiting: what has not left by now is in the table.</summary>
    public void Dispose()
    {
        _groups.Writer.TryComplete();
        _stopping.Cancel();
    }

    public async ValueTask DisposeAsync()
    {
        _groups.Writer.TryComplete();
        if (_work.IsValueCreated)
        {
            // What is under way may finish; what has not begun by then is in the table.
            _stopping.CancelAfter(TimeSpan.FromSeconds(2));
            await _work.Value.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        _stopping.Dispose();
    }

    private Task StartAsync() => Task.Run(async () =>
    {
        var removing = RemoveAsync();
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => WorkAsync())).ConfigureAwait(false);
        _delivered.Writer.TryComplete();
        await removing.ConfigureAwait(false);
    });

    private async Task WorkAsync()
    {
        await foreach (var group in _groups.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
        {
            var delivered = false;
            try
            {
                delivered = await DeliverAsync(group, _stopping.Token).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                _log.LeftInOutbox(exception, group.Id);
            }

            if (!delivered)
                _underWay.TryRemove(group.Id, out _);
        }
    }

    /// <summary>True when all of it was sent and its rows are about to be removed.</summary>
    private async Task<bool> DeliverAsync(OutboxGroup group, CancellationToken cancellationToken)
    {
        if (!group.IsCommitted)
        {
            try
            {
                group = group with { Messages = await ClaimAsync(group, cancellationToken).ConfigureAwait(false), IsCommitted = true };
            }
            catch (Exception exception) when (Now < group.Lease && !cancellationToken.IsCancellationRequested)
            {
                // The database that was lost with the commit is seldom back at once. After the lease it is the sweep that asks.
                _log.NotAsked(exception, group.Id);
                _ = AskAgainAsync(group with { Asked = group.Asked + 1 }, cancellationToken);
                return false;
            }
            if (group.Messages.Count == 0)
                return false;
            _underWay.TryAdd(group.Id, 0);
        }

        var sent = 0L;
        try
        {
            foreach (var message in group.Messages)
            {
                if (IsTooLateFor(message))
                    break;

                await SendAsync(message, group.Endpoints, cancellationToken).ConfigureAwait(false);
                sent = message.SequenceNumber;
            }
        }
        catch (Exception exception)
        {
            _log.LeftInOutbox(exception, group.Id);
        }

        if (sent == group.Messages[^1].SequenceNumber)
        {
            await _delivered.Writer.WriteAsync(group.Id, CancellationToken.None).ConfigureAwait(false);
            return true;
        }

        await RunAsync(async (model, db) =>
        {
            if (sent > 0)
                await DeleteUpToAsync(model, db, group.Id, sent, cancellationToken).ConfigureAwait(false);
            await model.Outbox.ReleaseAsync(db, group.Id, sent + 1, group.Lease, Now, cancellationToken).ConfigureAwait(false);
            return 0;
        }, true, cancellationToken).ConfigureAwait(false);
        _underWay.TryRemove(group.Id, out _);
        LeftBehind?.Invoke();
        return false;
    }

    /// <summary>Removes the messages of one outbox up to a position, and what was noted about their trouble.</summary>
    public static async Task DeleteUpToAsync(OutboxModel model, TDbContext db, Guid outboxId, long sequenceNumber, CancellationToken cancellationToken)
    {
        await model.Outbox.DeleteUpToAsync(db, outboxId, sequenceNumber, cancellationToken).ConfigureAwait(false);
        await model.Troubles.DeleteUpToAsync(db, outboxId, sequenceNumber, cancellationToken).ConfigureAwait(false);
    }

    private Task<List<OutboxMessage>> ClaimAsync(OutboxGroup group, CancellationToken cancellationToken)
    {
        var now = Now;
        return RunAsync((model, db) => model.Outbox.ClaimAsync(db, group.Id, group.Lease, now, now + Lease, cancellationToken), false, cancellationToken);
    }

    private async Task AskAgainAsync(OutboxGroup group, CancellationToken cancellationToken)
    {
        var pause = Backoff.After(group.Asked, TimeSpan.FromMilliseconds(200), s_longestPause);
        await Task.Delay(pause, TimeProvider.System, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Deliver(group);
    }

    private async Task RemoveAsync()
    {
        var ids = new List<Guid>();
        while (await _delivered.Reader.WaitToReadAsync(CancellationToken.None).ConfigureAwait(false))
        {
            while (ids.Count < RemovedAtOnce && _delivered.Reader.TryRead(out var id))
                ids.Add(id);

            for (var attempt = 1; ids.Count > 0; attempt++)
            {
                try
                {
                    await RunAsync(async (model, db) =>
                    {
                        await model.Outbox.DeleteAsync(db, ids, _stopping.Token).ConfigureAwait(false);
                        return 0;
                    }, false, _stopping.Token).ConfigureAwait(false);
                    foreach (var id in ids)
                        _underWay.TryRemove(id, out _);
                    ids.Clear();
                    await Task.Delay(s_removalPause, TimeProvider.System, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
                catch (Exception exception) when (!_stopping.IsCancellationRequested)
                {
                    _log.NotRemoved(exception, ids.Count);
                    var pause = Backoff.After(attempt, TimeSpan.FromMilliseconds(100), s_longestPause);
                    await Task.Delay(pause, TimeProvider.System, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
                catch (Exception exception)
                {
                    // The sweep of the next start sends them again; receivers know the message ids.
                    _log.NotRemoved(exception, ids.Count);
                    ids.Clear();
                }
            }
        }
    }
}
