using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Notifications;

/// <summary>Wakes this process's senders once rows are committed. Only a shortcut: the senders also look by themselves.</summary>
internal sealed class NotificationSignal
{
    private readonly ConditionalWeakTable<DbContext, object> _expected = [];
    private readonly Lock _gate = new();
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends with the next signal. Take it before looking for work, so that nothing slips in between.</summary>
    public Task Next
    {
        get
        {
            lock (_gate)
                return _next.Task;
        }
    }

    /// <summary>The context holds new rows.</summary>
    public void Expect(DbContext db) => _expected.AddOrUpdate(db, this);

    /// <summary>Whether the context holds new rows that are not committed.</summary>
    public bool IsExpecting(DbContext db) => _expected.TryGetValue(db, out _);

    /// <summary>The context committed; rouses the senders if it held new rows.</summary>
    public void Committed(DbContext db)
    {
        if (_expected.Remove(db))
            Raise();
    }

    public void Raise()
    {
        lock (_gate)
        {
            _next.TrySetResult();
            _next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
