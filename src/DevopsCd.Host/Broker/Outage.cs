using System.Data.Common;
using System.Net.Sockets;
using MassTransit;
using Microsoft.Data.Sqlite;
using Npgsql;
using RabbitMQ.Client.Exceptions;

namespace DevopsCd.Host.Broker;

/// <summary>Tells what cannot work now (database or broker away) from what can never work.</summary>
internal static class Outage
{
    // "busy", "locked", "input/output error", "full", "cannot open".
    private static readonly int[] s_sqliteOutages = [5, 6, 10, 13, 14];

    public static bool IsOne(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
            if (IsCause(cause))
                return true;
        return exception is AggregateException many && many.InnerExceptions.Any(IsOne);
    }

    private static bool IsCause(Exception cause) => cause switch
    {
        // 08 connection, 40 conflicts that another try may not meet, 53 resources, 57 operator intervention, 58 system error, 25006 read-only after a failover, 55P03 lock timeout.
        PostgresException postgres => postgres.SqlState[..2] is "08" or "40" or "53" or "57" or "58" || postgres.SqlState is "25006" or "55P03",
        NpgsqlException npgsql => npgsql.IsTransient || npgsql.InnerException is IOException or SocketException or TimeoutException,
        SqliteException sqlite => s_sqliteOutages.Contains(sqlite.SqliteErrorCode),
        // The pool has no free connection.
        InvalidOperationException { InnerException: DbException inner } => IsCause(inner),
        DbException { IsTransient: true } => true,
        RabbitMQClientException or ConnectionException or TransportUnavailableException => true,
        _ => false,
    };
}
