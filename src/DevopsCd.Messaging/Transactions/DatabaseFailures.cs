using System.Data.Common;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Quartz.Impl.AdoJobStore;

namespace MassTransit;

/// <summary>
/// The one place that tells what a failure of the database means: PostgreSQL, SQLite, EF Core on top of them, and Quartz, whose store is in
/// the database, too. Exceptions are looked through to their causes.
/// </summary>
public static class DatabaseFailures
{
    /// <summary>What the failure says about another try; the outermost cause that says anything decides.</summary>
    public static DatabaseFailure Of(Exception? failure)
    {
        for (var cause = failure; cause is not null; cause = cause.InnerException)
        {
            // An outside call that was given up says nothing of the database.
            if (cause is OperationCanceledException { InnerException: TimeoutException })
                return DatabaseFailure.None;
            if (cause is AggregateException many)
                return many.InnerExceptions.Select(Of).FirstOrDefault(found => found != DatabaseFailure.None);
            if (OfCause(cause) is var found and not DatabaseFailure.None)
                return found;
        }

        // Quartz tells of its lock by a type, whatever was underneath.
        for (var cause = failure; cause is not null; cause = cause.InnerException)
        {
            if (cause is LockException)
                return DatabaseFailure.Contention;
        }
        return DatabaseFailure.None;
    }

    /// <summary>Nothing is decided: the same can be tried again at once, and may succeed.</summary>
    public static bool IsTransient(Exception? failure) => Of(failure) != DatabaseFailure.None;

    /// <summary>
    /// The database cannot do it now, whatever it is: it is kept and tried until the database can. Unlike a row that was written first or has
    /// changed, which another try settles one way or the other.
    /// </summary>
    public static bool IsOutage(Exception? failure) => Of(failure) is not (DatabaseFailure.None or DatabaseFailure.Duplicate or DatabaseFailure.Stale);

    /// <summary>Whether a commit that failed may have happened all the same: the database did not say that it was not.</summary>
    public static bool MayHaveCommitted(Exception? failure)
    {
        for (var cause = failure; cause is not null; cause = cause.InnerException)
        {
            // The last word of a server that ends the session (FATAL) can come after the commit.
            if (cause is PostgresException { InvariantSeverity: "ERROR" } or SqliteException or DbUpdateConcurrencyException)
                return false;
        }
        return true;
    }

    private static DatabaseFailure OfCause(Exception cause) => cause switch
    {
        DbUpdateConcurrencyException => DatabaseFailure.Stale,
        PostgresException postgres => OfPostgres(postgres),
        SqliteException sqlite => OfSqlite(sqlite),
        NpgsqlException npgsql => npgsql.IsTransient || npgsql.InnerException is IOException or SocketException or TimeoutException ? DatabaseFailure.Away
            : DatabaseFailure.None,
        DbException { IsTransient: true } => DatabaseFailure.Away,
        // What is asked of a connection or transaction whose end went unheard: the driver takes it for a mistake of ours.
        InvalidOperationException { Source: nameof(Npgsql) } => DatabaseFailure.Away,
        // A pattern that takes too long takes as long the next time.
        RegexMatchTimeoutException => DatabaseFailure.None,
        TimeoutException => DatabaseFailure.Away,
        _ => DatabaseFailure.None,
    };

    private static DatabaseFailure OfPostgres(PostgresException postgres) => postgres.SqlState switch
    {
        PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.ExclusionViolation => DatabaseFailure.Duplicate,
        PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.ObjectInUse => DatabaseFailure.Contention,
        // The transaction was ended by an earlier statement, whose own failure somebody has swallowed.
        PostgresErrorCodes.InFailedSqlTransaction => DatabaseFailure.Contention,
        PostgresErrorCodes.ReadOnlySqlTransaction => DatabaseFailure.ReadOnly,
        // Sessions that rested too long in a transaction, or took too long for one.
        "25P03" or "25P04" => DatabaseFailure.Away,
        PostgresErrorCodes.DiskFull => DatabaseFailure.Full,
        PostgresErrorCodes.InsufficientPrivilege => DatabaseFailure.Denied,
        // A prepared statement that the server, or a pooler before it, does not know any more; one whose tables a migration has changed.
        PostgresErrorCodes.InvalidSqlStatementName => DatabaseFailure.Away,
        PostgresErrorCodes.FeatureNotSupported when postgres.Routine == "RevalidateCachedQuery" => DatabaseFailure.Contention,
        // Classes: 08 connection, 28 and 3D login, 40 conflicts, 53 resources, 57 operator intervention, 58 system, F0 configuration.
        ['4', '0', ..] => DatabaseFailure.Contention,
        ['2', '8', ..] or ['3', 'D', ..] => DatabaseFailure.Denied,
        ['0', '8', ..] or ['5', '3' or '7' or '8', ..] or ['F', '0', ..] => DatabaseFailure.Away,
        _ => DatabaseFailure.None,
    };

    private static DatabaseFailure OfSqlite(SqliteException sqlite) => sqlite.SqliteErrorCode switch
    {
        5 or 6 => DatabaseFailure.Contention, // SQLITE_BUSY, SQLITE_LOCKED
        7 or 10 or 14 => DatabaseFailure.Away, // SQLITE_NOMEM, SQLITE_IOERR, SQLITE_CANTOPEN
        8 => DatabaseFailure.ReadOnly,
        13 => DatabaseFailure.Full,
        3 or 23 => DatabaseFailure.Denied, // SQLITE_PERM, SQLITE_AUTH
        19 when sqlite.SqliteExtendedErrorCode is 1555 or 2067 => DatabaseFailure.Duplicate, // SQLITE_CONSTRAINT_PRIMARYKEY, _UNIQUE
        _ => DatabaseFailure.None,
    };
}
