using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;

namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>
/// What a context carries from one of EF Core's callbacks to another: whether its connection must stay the one it is, and what waits for its
/// commit. EF Core reports no end on several ways out (a disposed transaction, a callback that throws), so nothing that others wait for is
/// kept here, and what belongs to a transaction is dropped with its connection at the latest.
/// </summary>
internal sealed class ContextState
{
    // A state stays with its context: pooled contexts come back, and making and removing entries is what a garbage collection pays for.
    private static readonly ConditionalWeakTable<DbContext, ContextState> s_states = [];

    private readonly Lock _lock = new();
    private readonly List<AfterCommit> _waiting = [];
    private readonly List<(Guid Transaction, Func<Task> Work)> _deferred = [];

    /// <summary>A unit of work is under way: a second connection would be without its transaction.</summary>
    public bool IsHeld { get; set; }

    /// <summary>The rows of queries that were asked for together: the next query reads from here.</summary>
    public DbDataReader? ReadAhead { get; set; }

    public static ContextState Of(DbContext context) => s_states.GetValue(context, static _ => new ContextState());

    public static ContextState? Find(DbContext? context) => context is not null && s_states.TryGetValue(context, out var state) ? state : null;

    /// <summary>Makes the work one of the last statements of the context's transaction. When it fails, so does the commit.</summary>
    public void Defer(DbContext context, Func<Task> work)
    {
        var transaction = context.Database.CurrentTransaction ?? throw new InvalidOperationException("There is no transaction to defer work in");
        lock (_lock)
            _deferred.Add((transaction.TransactionId, work));
    }

    /// <summary>Whether something waits to be the transaction's last statement: what comes after it must not overtake it.</summary>
    public bool IsDeferring(DbContext context)
    {
        var transaction = context.Database.CurrentTransaction?.TransactionId;
        lock (_lock)
            return _deferred.Exists(deferred => deferred.Transaction == transaction);
    }

    /// <summary>Takes out what was to be the last of the transaction.</summary>
    public IReadOnlyList<Func<Task>> TakeDeferred(Guid transaction)
    {
        lock (_lock)
        {
            if (_deferred.Count == 0)
                return [];
            List<Func<Task>> due = [.. _deferred.Where(deferred => deferred.Transaction == transaction).Select(deferred => deferred.Work)];
            _deferred.RemoveAll(deferred => deferred.Transaction == transaction);
            return due;
        }
    }

    /// <summary>Adds work that is not waiting yet, to the context's transaction or else to whatever it saves next.</summary>
    public void Add(DbContext context, Delegate key, Func<Task> committed, Action? dropped)
    {
        var work = new AfterCommit(context.ContextId.Lease, context.Database.CurrentTransaction?.TransactionId, key, committed, dropped);
        lock (_lock)
        {
            if (!_waiting.Exists(other => other.IsSame(work)))
                _waiting.Add(work);
        }
    }

    public bool IsWaiting(DbContext context, Delegate key)
    {
        lock (_lock)
            return _waiting.Exists(work => work.Lease == context.ContextId.Lease && work.Key.Equals(key));
    }

    /// <summary>Takes out what a commit sets going: what belongs to the transaction, and what was waiting for any.</summary>
    /// <param name="context">The context.</param>
    /// <param name="transactionId">The transaction; null for a save outside of any.</param>
    public IReadOnlyList<AfterCommit> Take(DbContext context, Guid? transactionId)
    {
        lock (_lock)
        {
            if (_waiting.Count == 0)
                return [];
            var due = _waiting.FindAll(work => work.Lease == context.ContextId.Lease && (work.Transaction is null || work.Transaction == transactionId));
            _waiting.RemoveAll(due.Contains);
            return due;
        }
    }

    /// <summary>Drops what belongs to a transaction that is over, or to any.</summary>
    public void Drop(Predicate<Guid> isOver)
    {
        List<AfterCommit> dropped;
        lock (_lock)
        {
            if (_waiting.Count == 0 && _deferred.Count == 0)
                return;
            _deferred.RemoveAll(deferred => isOver(deferred.Transaction));
            dropped = _waiting.FindAll(work => work.Transaction is { } transaction && isOver(transaction));
            _waiting.RemoveAll(dropped.Contains);
        }
        foreach (var work in dropped)
            work.Dropped?.Invoke();
    }
}
