using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>A save outside of any transaction takes its turn among the SQLite writers too, instead of sleeping on the file's lock with a thread each.</summary>
internal sealed class SqliteSaveInterceptor : SaveChangesInterceptor
{
    readonly ConditionalWeakTable<DbContext, IDisposable> _turns = [];

    public override InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
    {
        if (Writes(eventData.Context))
            _turns.AddOrUpdate(eventData.Context!, SqliteWriters.Wait(eventData.Context!, CancellationToken.None).AsTask().GetAwaiter().GetResult());
        return result;
    }

    public override async ValueTask<InterceptionResult<int>> SavingChangesAsync(DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        if (Writes(eventData.Context))
            _turns.AddOrUpdate(eventData.Context!, await SqliteWriters.Wait(eventData.Context!, cancellationToken).ConfigureAwait(false));
        return result;
    }

    public override int SavedChanges(SaveChangesCompletedEventData eventData, int result)
    {
        End(eventData.Context);
        return result;
    }

    public override ValueTask<int> SavedChangesAsync(SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        End(eventData.Context);
        return ValueTask.FromResult(result);
    }

    public override void SaveChangesFailed(DbContextErrorEventData eventData) => End(eventData.Context);

    public override Task SaveChangesFailedAsync(DbContextErrorEventData eventData, CancellationToken cancellationToken = default)
    {
        End(eventData.Context);
        return Task.CompletedTask;
    }

    public override void SaveChangesCanceled(DbContextEventData eventData) => End(eventData.Context);

    public override Task SaveChangesCanceledAsync(DbContextEventData eventData, CancellationToken cancellationToken = default)
    {
        End(eventData.Context);
        return Task.CompletedTask;
    }

    static bool Writes(DbContext? context) =>
        context is not null
        && DatabaseKind.Find(context) == Database.Sqlite
        && context.Database.CurrentTransaction is null;

    void End(DbContext? context)
    {
        if (context is not null && _turns.TryGetValue(context, out var turn))
        {
            _turns.Remove(context);
            turn.Dispose();
        }
    }
}
