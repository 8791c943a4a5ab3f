using System.Data.Common;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace DevopsCd.Core.Data;

/// <summary>
/// Whether PostgreSQL has room. A disk without a byte left refuses only what makes a table longer, so that a small write, as the readiness makes,
/// still goes through while commands are refused. What is refused to anybody is noted here, and stands until something of some size gets through.
/// Quartz's own statements go past it, but whatever makes a schedule writes rows of ours, too.
/// </summary>
internal sealed class DatabaseRoom : DbCommandInterceptor, ISaveChangesInterceptor
{
    private volatile bool _isFull;

    public override void CommandFailed(DbCommand command, CommandErrorEventData eventData) => Note(eventData.Exception);

    public override Task CommandFailedAsync(DbCommand command, CommandErrorEventData eventData, CancellationToken cancellationToken = default)
    {
        Note(eventData.Exception);
        return Task.CompletedTask;
    }

    // The second statement of several that are sent together fails while the answers are read, which is no command's failure.
    public void SaveChangesFailed(DbContextErrorEventData eventData) => Note(eventData.Exception);

    public Task SaveChangesFailedAsync(DbContextErrorEventData eventData, CancellationToken cancellationToken = default)
    {
        Note(eventData.Exception);
        return Task.CompletedTask;
    }

    /// <summary>Does nothing unless there was no room; then it needs some.</summary>
    /// <exception cref="DbException">There is still none.</exception>
    public async Task CheckAsync(CdDbContext db, CancellationToken cancellationToken)
    {
        if (!_isFull)
            return;
        try
        {
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            // A new table needs new pages, and leaves none behind.
            await db.Database.ExecuteSqlAsync($"CREATE TEMP TABLE room ON COMMIT DROP AS SELECT repeat('x', 1000) FROM generate_series(1, 100)",
                cancellationToken);
            await transaction.RollbackAsync(cancellationToken);
        }
        catch (DbException failure) when (DatabaseFailures.Of(failure) == DatabaseFailure.Denied)
        {
            // Who may make no temporary table cannot find out: the next refusal tells.
        }
        _isFull = false;
    }

    private void Note(Exception failure)
    {
        if (DatabaseFailures.Of(failure) == DatabaseFailure.Full)
            _isFull = true;
    }
}
