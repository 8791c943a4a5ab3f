using System.Collections.Concurrent;
using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace DevopsCd.Core.Tests.Engines;

/// <summary>
/// What the engine publishes and schedules, in place of a bus: it is on its way from the commit on, as with the outbox,
/// and what is rolled back is never sent. A test lets it arrive when it wants to, or loses it.
/// </summary>
internal sealed class CapturedMessages : DbTransactionInterceptor, ISaveChangesInterceptor
{
    private readonly ConditionalWeakTable<DbContext, List<CapturedMessage>> _written = [];
    private readonly ConcurrentQueue<CapturedMessage> _committed = [];
    private readonly List<CapturedMessage> _waiting = [];

    /// <summary>Everything that was ever committed, in order.</summary>
    public IReadOnlyList<CapturedMessage> All => [.. _committed];

    /// <summary>What has not arrived yet.</summary>
    public IReadOnlyList<CapturedMessage> Waiting
    {
        get
        {
            lock (_waiting)
                return [.. _waiting];
        }
    }

    public void Write(DbContext context, CapturedMessage posted) => _written.GetOrCreateValue(context).Add(posted);

    /// <summary>The next message that is due, taken out.</summary>
    public CapturedMessage? Next(DateTimeOffset now)
    {
        lock (_waiting)
        {
            var next = _waiting.Where(p => p.Due <= now).MinBy(p => p.Due);
            if (next is not null)
                _waiting.Remove(next);
            return next;
        }
    }

    /// <summary>Loses what is on its way, as a broker or a process that dies does.</summary>
    public void Lose(Predicate<object>? which = null)
    {
        lock (_waiting)
            _waiting.RemoveAll(p => which?.Invoke(p.Message) ?? true);
    }

    public override void TransactionCommitted(DbTransaction transaction, TransactionEndEventData eventData) => Send(eventData.Context);

    public override Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Send(eventData.Context);
        return Task.CompletedTask;
    }

    public int SavedChanges(SaveChangesCompletedEventData eventData, int result)
    {
        if (eventData.Context?.Database.CurrentTransaction is null)
            Send(eventData.Context);
        return result;
    }

    public ValueTask<int> SavedChangesAsync(SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(SavedChanges(eventData, result));

    private void Send(DbContext? context)
    {
        if (context is null || !_written.TryGetValue(context, out var written))
            return;
        lock (_waiting)
            _waiting.AddRange(written);
        foreach (var posted in written)
            _committed.Enqueue(posted);
        written.Clear();
    }
}
