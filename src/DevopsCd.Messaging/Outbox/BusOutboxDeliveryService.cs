using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>
/// The net below the delivery from memory: sends what a crash, a broker outage or a failed send has left in the table, from consumers and from
/// the bus outbox alike. Several instances share the work. A message that cannot be sent while the broker is healthy is parked after some tries.
/// </summary>
internal sealed class BusOutboxDeliveryService<TDbContext>(
    OutboxDelivery<TDbContext> delivery,
    OutboxBus<TDbContext> bus,
    IOptions<EntityFrameworkOutboxOptions<TDbContext>> options,
    ILogger<BusOutboxDeliveryService<TDbContext>> log,
    IServiceProvider provider) : BackgroundService
    where TDbContext : DbContext
{
    const int TriesBeforeParking = 5;
    static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);

    readonly OutboxDeliveryServiceOptions _options = options.Value.Delivery;
    readonly TimeProvider _clock = provider.GetService<TimeProvider>() ?? TimeProvider.System;
    readonly SemaphoreSlim _wake = new(0, 1);
    readonly Lock _lock = new();
    readonly SortedSet<DateTime> _due = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var control = bus.Find(provider);
        delivery.LeftBehind += Wake;
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                var more = false;
                try
                {
                    await control.WaitForHealthStatus(BusHealthStatus.Healthy, stoppingToken).ConfigureAwait(false);
                    more = await Sweep(control, stoppingToken).ConfigureAwait(false);
                }
                catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
                {
                    log.SweepFailed(exception, _options.QueryDelay);
                }

                if (!more)
                    await Pause(stoppingToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the host stops
        }
        finally
        {
            delivery.LeftBehind -= Wake;
        }
    }

    async Task Pause(CancellationToken stoppingToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var woken = _wake.WaitAsync(either.Token);
        await Task.WhenAny(woken, Task.Delay(Rest(), _clock, either.Token)).ConfigureAwait(false);
        await either.CancelAsync().ConfigureAwait(false);
        stoppingToken.ThrowIfCancellationRequested();
    }

    // A message that failed is due before the next regular look, and so is what waits behind it.
    TimeSpan Rest()
    {
        lock (_lock)
        {
            var rest = _due.Count > 0 ? _due.Min - delivery.Now : _options.QueryDelay;
            return rest >= _options.QueryDelay ? _options.QueryDelay : rest > TimeSpan.Zero ? rest : TimeSpan.Zero;
        }
    }

    void TryAgainAt(DateTime time)
    {
        lock (_lock)
            _due.Add(time);
    }

    void Due(DateTime now)
    {
        lock (_lock)
            _due.RemoveWhere(time => time <= now);
    }

    void Wake()
    {
        try
        {
            _wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // it is awake
        }
    }

    /// <summary>One round; says whether it has left something that could be taken at once.</summary>
    async Task<bool> Sweep(IBusControl control, CancellationToken cancellationToken)
    {
        var now = delivery.Now;
        Due(now);
        var messages = await delivery.Run((model, db) =>
            model.Outbox.Claim(db, _options.QueryMessageLimit, _options.MessageDeliveryLimit, now, now + delivery.Lease, cancellationToken), false, cancellationToken).ConfigureAwait(false);
        var groups = messages.GroupBy(message => message.OutboxId).ToList();
        var more = groups.Count >= _options.QueryMessageLimit || groups.Exists(group => group.Count() >= _options.MessageDeliveryLimit);
        groups.RemoveAll(group => delivery.IsUnderWay(group.Key));
        if (groups.Count == 0)
            return more;

        var ids = groups.Select(group => group.Key).ToList();
        var troubles = await delivery.Run((_, db) =>
            db.Set<OutboxState>().AsNoTracking().Where(state => ids.Contains(state.OutboxId)).ToListAsync(cancellationToken), false, cancellationToken).ConfigureAwait(false);
        var suspects = troubles.Select(state => state.OutboxId).ToHashSet();

        var sent = 0;
        await Parallel.ForEachAsync(groups.Where(group => !suspects.Contains(group.Key)),
            new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = cancellationToken },
            async (group, token) => Interlocked.Add(ref sent, await Deliver(control, [.. group], [], token).ConfigureAwait(false))).ConfigureAwait(false);

        // One by one, because a message the broker refuses takes down whatever shares its channel: the innocent must pass alone.
        foreach (var group in groups.Where(group => suspects.Contains(group.Key)))
            sent += await Deliver(control, [.. group], [.. troubles.Where(state => state.OutboxId == group.Key)], cancellationToken).ConfigureAwait(false);

        if (sent > 0)
            log.Swept(sent);
        return more;
    }

    /// <summary>Sends the messages of one outbox in order, and stops at the first that will be tried again.</summary>
    async Task<int> Deliver(IBusControl control, List<OutboxMessage> messages, List<OutboxState> troubles, CancellationToken cancellationToken)
    {
        var outboxId = messages[0].OutboxId;
        var sent = 0;
        var last = 0L;
        var releaseAt = default(DateTime?);
        foreach (var message in messages)
        {
            // A round that took longer than its lease must not send what another instance may have taken by now.
            if (delivery.IsTooLateFor(message))
                break;

            try
            {
                await delivery.Send(message, null, cancellationToken).ConfigureAwait(false);
                last = message.SequenceNumber;
                sent++;
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                if (control.CheckHealth().Status != BusHealthStatus.Healthy)
                {
                    releaseAt = delivery.Now;
                    break;
                }

                var tries = 1 + (troubles.Find(state => state.SequenceNumber == message.SequenceNumber)?.DeliveryCount ?? 0);
                log.NotSent(exception, message.MessageId, outboxId, tries);
                if (!await Note(message, tries, exception, cancellationToken).ConfigureAwait(false))
                {
                    releaseAt = delivery.Now + FirstPause * Math.Pow(2, tries - 1);
                    TryAgainAt(releaseAt.Value);
                    break;
                }
            }
        }

        await delivery.Run(async (model, db) =>
        {
            if (last > 0)
                await OutboxDelivery<TDbContext>.DeleteUpTo(model, db, outboxId, last, cancellationToken).ConfigureAwait(false);
            if (releaseAt is { } at)
                await model.Outbox.Release(db, outboxId, last + 1, messages[0].LockedUntil, at, cancellationToken).ConfigureAwait(false);
            return 0;
        }, true, cancellationToken).ConfigureAwait(false);
        return sent;
    }

    /// <summary>Writes down that a message failed; true when that was the last try and the rest goes on without it.</summary>
    async Task<bool> Note(OutboxMessage message, int tries, Exception exception, CancellationToken cancellationToken)
    {
        var reason = $"{exception.GetType().Name}: {exception.GetBaseException().Message}";
        var parked = tries >= TriesBeforeParking;
        await delivery.Run(async (model, db) =>
        {
            await model.Troubles.Note(db, new OutboxState
            {
                OutboxId = message.OutboxId,
                SequenceNumber = message.SequenceNumber,
                MessageId = message.MessageId,
                Created = delivery.Now,
                DeliveryCount = tries,
                Parked = parked ? delivery.Now : null,
                Reason = reason,
            }, cancellationToken).ConfigureAwait(false);
            if (parked)
                await model.Outbox.Park(db, message, cancellationToken).ConfigureAwait(false);
            return 0;
        }, true, cancellationToken).ConfigureAwait(false);
        if (parked)
            log.Parked(message.MessageId, message.OutboxId, tries, reason);
        return parked;
    }
}
