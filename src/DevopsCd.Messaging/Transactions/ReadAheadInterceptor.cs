using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>Gives the queries of a <see cref="QueryBatch" /> the rows that it has asked for, and keeps the reader open for the next one.</summary>
internal sealed class ReadAheadInterceptor : DbCommandInterceptor
{
    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(ContextState.Find(eventData.Context)?.ReadAhead is { } reader
            ? InterceptionResult<DbDataReader>.SuppressWithResult(reader)
            : result);

    public override ValueTask<InterceptionResult> DataReaderClosingAsync(DbCommand command, DataReaderClosingEventData eventData, InterceptionResult result) =>
        ValueTask.FromResult(IsShared(eventData) ? InterceptionResult.Suppress() : result);

    public override InterceptionResult DataReaderDisposing(DbCommand command, DataReaderDisposingEventData eventData, InterceptionResult result) =>
        IsShared(eventData) ? InterceptionResult.Suppress() : result;

    private static bool IsShared(DataReaderEventData eventData) => ReferenceEquals(ContextState.Find(eventData.Context)?.ReadAhead, eventData.DataReader);
}
