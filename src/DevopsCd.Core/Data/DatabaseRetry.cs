using System.Data.Common;
using DevopsCd.Core.Batches;
using MassTransit;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace DevopsCd.Core.Data;

/// <summary>What a database answers that another try may not meet again: conflicts, deadlocks, a lost connection.</summary>
internal static class DatabaseRetry
{
    public static void Configure(IRetryConfigurator retry)
    {
        retry.Intervals(20, 50, 100, 250, 500, 1000, 2000);
        retry.Handle<Exception>(IsTransient);
        retry.Ignore<BatchRefused>();
        retry.Ignore<AlreadyHandled>();
    }

    public static bool IsTransient(Exception exception) => exception switch
    {
        DbUpdateConcurrencyException => true,
        PostgresException { SqlState: PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.UniqueViolation } => true,
        DbException { IsTransient: true } => true,
        // Busy, locked, constraint.
        SqliteException { SqliteErrorCode: 5 or 6 or 19 } => true,
        _ => exception.InnerException is { } inner && IsTransient(inner)
    };

    /// <summary>A row with the same key was written first; SQLITE_CONSTRAINT_UNIQUE is 2067.</summary>
    public static bool IsDuplicate(Exception exception) => exception switch
    {
        PostgresException { SqlState: PostgresErrorCodes.UniqueViolation } or SqliteException { SqliteExtendedErrorCode: 2067 } => true,
        _ => exception.InnerException is { } inner && IsDuplicate(inner)
    };
}
