using DevopsCd.Shared;
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
    private const int TriesBeforeParking = 5;
    private static readonly TimeSpan s_firstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromMinutes(1);

    private readonly OutboxDeliveryServiceOptions _options = options.Value.Delivery;
    private readonly TimeProvider _clock = provider.GetService<TimeProvider>() ?? TimeProvider.System;
    private readonly ISendFailures? _failures = provider.GetService<ISendFailures>();
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly Lock _lock = new();
    private readonly SortedSet<DateTime> _due = [];

    protected override async Task ExecuteAsync(CancellationToken cancellationToken)
    {
        var control = bus.Find(provider);
        delivery.LeftBehind += Wake;
        try
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                var more = false;
                try
                {
                    await control.WaitForHealthStatus(BusHealthStatus.Healthy, cancellationToken).ConfigureAwait(false);
                    more = await SweepAsync(control, cancellationToken).ConfigureAwait(false);
                }
                catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
                {
                    log.SweepFailed(exception, _options.QueryDelay);
                }

                if (!more)
                    await PauseAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // the host stops
        }
        finally
        {
            delivery.LeftBehind -= Wake;
        }
    }

    private async Task PauseAsync(CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var woken = _wake.WaitAsync(either.Token);
        await Task.WhenAny(woken, Task.Delay(Rest(), _clock, either.Token)).ConfigureAwait(false);
        await either.CancelAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
    }

    // A message that failed is due before the next regular look, and so is what waits behind it.
    private TimeSpan Rest()
    {
        lock (_lock)
        {
            var rest = _due.Count > 0 ? _due.Min - delivery.Now : _options.QueryDelay;
            return rest >= _options.QueryDelay ? _options.QueryDelay : rest > TimeSpan.Zero ? rest : TimeSpan.Zero;
        }
    }

    private void TryAgainAt(DateTime time)
    {
        lock (_lock)
            _due.Add(time);
    }

    private void Due(DateTime now)
    {
        lock (_lock)
            _due.RemoveWhere(time => time <= now);
    }

    private void Wake()
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
    private async Task<bool> SweepAsync(IBusControl control, CancellationToken cancellationToken)
    {
        var now = delivery.Now;
        Due(now);
        var messages = await delivery.RunAsync((model, db) =>
            model.Outbox.ClaimAsync(db, _options.QueryMessageLimit, _options.MessageDeliveryLimit, now, now + delivery.Lease, cancellationToken), false,
                cancellationToken).ConfigureAwait(false);
        var groups = messages.GroupBy(message => message.OutboxId).ToList();
        var more = groups.Count >= _options.QueryMessageLimit || groups.Exists(group => group.Count() >= _options.MessageDeliveryLimit);
        groups.RemoveAll(group => delivery.IsUnderWay(group.Key));
        if (groups.Count == 0)
            return more;

        var ids = groups.Select(group => group.Key).ToList();
        var troubles = await delivery.RunAsync((_, db) =>
            db.Set<OutboxState>().AsNoTracking().Where(state => ids.Contains(state.OutboxId)).ToListAsync(cancellationToken), false, cancellationToken)
                .ConfigureAwait(false);
        var suspects = troubles.Select(state => state.OutboxId).ToHashSet();

        var sent = 0;
        var broker = new BrokerSeen();
        await Parallel.ForEachAsync(groups.Where(group => !suspects.Contains(group.Key)),
            new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = cancellationToken },
            async (group, cancellationToken) =>
                Interlocked.Add(ref sent, await DeliverAsync(control, broker, [.. group], [], cancellationToken).ConfigureAwait(false))).ConfigureAwait(false);

        // One by one, because a message the broker refuses takes down whatever shares its channel: the innocent must pass alone.
        foreach (var group in groups.Where(group => suspects.Contains(group.Key)))
            sent += await DeliverAsync(control, broker, [.. group], [.. troubles.Where(state => state.OutboxId == group.Key)], cancellationToken)
                .ConfigureAwait(false);

        if (sent > 0)
            log.Swept(sent);
        return more;
    }

    /// <summary>Sends the messages of one outbox in order, and stops at the first that will be tried again.</summary>
    private async Task<int> DeliverAsync(IBusControl control, BrokerSeen broker, List<OutboxMessage> messages, List<OutboxState> troubles,
        CancellationToken cancellationToken)
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

            if (broker.IsAway)
            {
                releaseAt = Later();
                break;
            }

            try
            {
                await delivery.SendAsync(message, null, cancellationToken).ConfigureAwait(false);
                last = message.SequenceNumber;
                sent++;
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                // Only an answer is a refusal. Without one nothing is known of the message, however often it was tried.
                if (DeliveryOutage.IsOne(exception) || _failures?.IsOutage(exception) is true || control.CheckHealth().Status != BusHealthStatus.Healthy)
                {
                    log.BrokerAway(message.MessageId, outboxId, exception.GetBaseException().Message);
                    broker.IsAway = true;
                    releaseAt = Later();
                    break;
                }

                var tries = 1 + (troubles.Find(state => state.SequenceNumber == message.SequenceNumber)?.DeliveryCount ?? 0);
                log.NotSent(exception, message.MessageId, outboxId, tries);
                if (!await NoteAsync(message, tries, exception, cancellationToken).ConfigureAwait(false))
                {
                    releaseAt = delivery.Now + Backoff.After(tries, s_firstPause, s_longestPause);
                    TryAgainAt(releaseAt.Value);
                    break;
                }
            }
        }

        await delivery.RunAsync(async (model, db) =>
        {
            if (last > 0)
                await OutboxDelivery<TDbContext>.DeleteUpToAsync(model, db, outboxId, last, cancellationToken).ConfigureAwait(false);
            if (releaseAt is { } at)
                await model.Outbox.ReleaseAsync(db, outboxId, last + 1, messages[0].LockedUntil, at, cancellationToken).ConfigureAwait(false);
            return 0;
        }, true, cancellationToken).ConfigureAwait(false);
        return sent;

        DateTime Later()
        {
            var at = delivery.Now + s_firstPause;
            TryAgainAt(at);
            return at;
        }
    }

    /// <summary>Writes down that a message failed; true when that was the last try and the rest goes on without it.</summary>
    private async Task<bool> NoteAsync(OutboxMessage message, int tries, Exception exception, CancellationToken cancellationToken)
    {
        var reason = $"{exception.GetType().Name}: {exception.GetBaseException().Message}";
        var parked = tries >= TriesBeforeParking;
        await delivery.RunAsync(async (model, db) =>
        {
            await model.Troubles.NoteAsync(db, new OutboxState
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
                await model.Outbox.ParkAsync(db, message, cancellationToken).ConfigureAwait(false);
            return 0;
        }, true, cancellationToken).ConfigureAwait(false);
        if (parked)
            log.Parked(message.MessageId, message.OutboxId, tries, reason);
        return parked;
    }

    /// <summary>Whether the broker was found away in this round. Then the rest of it waits too, instead of one time-out after the other.</summary>
    private sealed class BrokerSeen
    {
        private volatile bool _isAway;

        public bool IsAway
        {
            get => _isAway;
            set => _isAway = value;
        }
    }
}
