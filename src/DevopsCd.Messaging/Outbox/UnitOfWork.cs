using System.Data;
using Microsoft.EntityFrameworkCore;

namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>Begin, work, save everything once, commit.</summary>
internal static class UnitOfWork
{
    /// <param name="dbContext">The context the work uses.</param>
    /// <param name="isolation">The isolation of the transaction; null for none.</param>
    /// <param name="work">What to do. It may run again when the context's execution strategy retries.</param>
    /// <param name="cancellationToken">Cancels everything but the commit.</param>
    public static Task RunAsync(DbContext dbContext, IsolationLevel? isolation, Func<Task> work, CancellationToken cancellationToken) =>
        RetriedAsync(dbContext, () => OnceAsync(dbContext, isolation, work, cancellationToken));

    /// <summary>Runs a whole unit of work under the context's execution strategy: a second try does not save what the first has left in the context.</summary>
    public static Task RetriedAsync(DbContext dbContext, Func<Task> work)
    {
        var strategy = dbContext.Database.CreateExecutionStrategy();
        if (!strategy.RetriesOnFailure)
            return work();

        var repeated = false;
        return strategy.ExecuteAsync(() =>
        {
            if (repeated)
                dbContext.ChangeTracker.Clear();
            repeated = true;
            return work();
        });
    }

    /// <summary>Saves without the savepoint EF sets inside a transaction: what fails here ends the transaction anyway.</summary>
    public static async Task SaveAsync(DbContext dbContext, CancellationToken cancellationToken)
    {
        // A context made outside of the container has no interceptor to refuse this.
        _ = LostTransactionInterceptor.Connection(dbContext);

        var savepoints = dbContext.Database.AutoSavepointsEnabled;
        dbContext.Database.AutoSavepointsEnabled = false;
        try
        {
            await dbContext.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            dbContext.Database.AutoSavepointsEnabled = savepoints;
        }
    }

    /// <summary>SQLite knows one isolation, and one way to ask for its write lock at the start.</summary>
    public static IsolationLevel Supported(DbContext dbContext, IsolationLevel isolation) =>
        DatabaseKind.Of(dbContext) == Database.Sqlite ? IsolationLevel.Serializable : isolation;

    private static async Task OnceAsync(DbContext dbContext, IsolationLevel? isolation, Func<Task> work, CancellationToken cancellationToken)
    {
        if (isolation is null)
        {
            await work().ConfigureAwait(false);
            await dbContext.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
            return;
        }

        using (await SqliteWriters.WaitAsync(dbContext, cancellationToken).ConfigureAwait(false))
        {
            var transaction = await dbContext.Database.BeginTransactionAsync(Supported(dbContext, isolation.Value), cancellationToken).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                using var hold = LostTransactionInterceptor.Begin(dbContext);
                await work().ConfigureAwait(false);
                await SaveAsync(dbContext, cancellationToken).ConfigureAwait(false);

                await OutboxCommit.CommitAsync(dbContext, transaction).ConfigureAwait(false);
            }
        }
    }
}
