using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;

namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>
/// SQLite lets one transaction write at a time, and its driver waits for the file lock by sleeping on a thread. Writers of this
/// process queue here instead, in order and without a thread. PostgreSQL passes through.
/// </summary>
internal static class SqliteWriters
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private static readonly ConcurrentDictionary<string, SemaphoreSlim> s_files = new(StringComparer.Ordinal);

    public static ValueTask<Turn> WaitAsync(DbContext context, CancellationToken cancellationToken) =>
        DatabaseKind.Of(context) == Database.Sqlite ? QueueAsync(context, cancellationToken) : default;

    private static async ValueTask<Turn> QueueAsync(DbContext context, CancellationToken cancellationToken)
    {
        var file = s_files.GetOrAdd(context.Database.GetDbConnection().DataSource, static _ => new SemaphoreSlim(1, 1));
        if (!await file.WaitAsync(s_patience, cancellationToken).ConfigureAwait(false))
            throw new TimeoutException(
                "Another transaction of this process has been writing to the SQLite file for 30 s; does a consumer open a second scope inside its own transaction?");

        return new Turn(file);
    }

    /// <summary>The right to write; give it back by disposing it.</summary>
    public readonly struct Turn(SemaphoreSlim? file) : IDisposable
    {
        public void Dispose() => file?.Release();
    }
}
