using System.Diagnostics;
using Microsoft.EntityFrameworkCore;

namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>
/// Of all that want one row in this process, one waits for it in PostgreSQL; the others queue up here without a statement of their own. When
/// that one has waited for longer than rows are held in the course of things, the others give up at once and are tried again later: so one
/// row that somebody keeps costs this process one place and one connection, however many messages want it. SQLite passes through.
/// </summary>
public static class RowTurns
{
    // Rows are held for milliseconds; what takes longer is a holder in trouble.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);
    private static readonly Lock s_gate = new();
    private static readonly Dictionary<(string Server, string Database, string Row), Queue> s_queues = [];

    /// <summary>
    /// Waits for the turn to lock a row. Give it back as soon as the row is locked, or could not be. Not for a row that the transaction has
    /// locked already: whoever has the turn may be waiting for just this transaction.
    /// </summary>
    /// <param name="context">The context that is about to lock it.</param>
    /// <param name="row">The row: table and key.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RowHeldException">Somebody waits for the row already, and has done so for long.</exception>
    public static ValueTask<Turn> WaitAsync(DbContext context, string row, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (DatabaseKind.Find(context) != Database.Postgres)
            return default;

        var connection = context.Database.GetDbConnection();
        var key = (connection.DataSource, connection.Database, row);
        Queue? queue;
        lock (s_gate)
        {
            if (!s_queues.TryGetValue(key, out queue))
                s_queues.Add(key, queue = new Queue());
            queue.Count++;
        }
        return WaitAsync(new Turn(key, queue), cancellationToken);
    }

    private static async ValueTask<Turn> WaitAsync(Turn turn, CancellationToken cancellationToken)
    {
        try
        {
            await turn.Queue!.WaitAsync(turn.Key.Row, cancellationToken).ConfigureAwait(false);
            return turn;
        }
        catch
        {
            Leave(turn);
            throw;
        }
    }

    private static void Leave(Turn turn)
    {
        lock (s_gate)
            if (--turn.Queue!.Count == 0)
                s_queues.Remove(turn.Key);
    }

    /// <summary>The turn to lock a row; given back by disposing it.</summary>
    public readonly struct Turn : IDisposable
    {
        internal Turn((string Server, string Database, string Row) key, Queue queue) => (Key, Queue) = (key, queue);

        internal (string Server, string Database, string Row) Key { get; }

        internal Queue? Queue { get; }

        /// <inheritdoc />
        public void Dispose()
        {
            if (Queue is null)
                return;
            Queue.Next();
            Leave(this);
        }
    }

    internal sealed class Queue
    {
        private readonly SemaphoreSlim _turn = new(1, 1);
        private long _since;

        public int Count { get; set; }

        public async Task WaitAsync(string row, CancellationToken cancellationToken)
        {
            // As long as it moves on, however slowly, everybody's turn comes.
            while (!await _turn.WaitAsync(Left(), cancellationToken).ConfigureAwait(false))
                if (Left() == TimeSpan.Zero)
                    throw new RowHeldException(row);
            Volatile.Write(ref _since, Stopwatch.GetTimestamp());
        }

        public void Next()
        {
            Volatile.Write(ref _since, 0);
            _turn.Release();
        }

        private TimeSpan Left()
        {
            var since = Volatile.Read(ref _since);
            var left = since == 0 ? s_patience : s_patience - Stopwatch.GetElapsedTime(since);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }
}
