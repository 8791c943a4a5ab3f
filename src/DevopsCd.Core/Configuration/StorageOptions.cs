using System.ComponentModel.DataAnnotations;
using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Npgsql;

namespace DevopsCd.Core.Configuration;

/// <summary>Section <c>core:storage</c>.</summary>
internal sealed class StorageOptions
{
    public const string Section = "core:storage";

    [AllowedValues("sqlite", "postgres")]
    public string Provider { get; init; } = "sqlite";

    /// <summary>The database. A secret when it holds a password: never logged.</summary>
    [ConfigurationKeyName("connection_string")]
    public string ConnectionString { get; init; } = "Data Source=data/devopscd.db";

    /// <summary>Fills an empty catalogue with six sample applications at the first start.</summary>
    [ConfigurationKeyName("sample_catalogue")]
    public bool? SampleCatalogue { get; init; }

    /// <summary>
    /// Connections of one instance where the connection string does not say. Two instances and a person with psql fit into PostgreSQL's
    /// default of 100, of which three are reserved for superusers.
    /// </summary>
    public const int UsualPoolSize = 40;

    /// <summary>Statements that a connection keeps prepared where the connection string does not say.</summary>
    private const int PreparedStatements = 100;

    /// <summary>The buffer of a connection, in bytes, where the connection string does not say.</summary>
    private const int ReadBytes = 32_768;

    public bool Postgres => Provider == "postgres";

    /// <summary>
    /// Requests that may use the database at once: half of the pool, so that consumers, the schedule and the answer to a command that is
    /// already committed never wait for requests.
    /// </summary>
    public int RequestsAtOnce =>
        Postgres && PostgresConnection() is { } connection ? Math.Max(1, new NpgsqlConnectionStringBuilder(connection).MaxPoolSize / 2) : UsualPoolSize / 2;

    /// <summary>
    /// The connection string with what a service needs where it says nothing itself: a server that is silent is given up after five
    /// seconds instead of fifteen, because people wait for the answer, and the server ends a session whose client is gone
    /// (<see cref="PostgresSession" />). Null when it cannot be read.
    /// </summary>
    /// <param name="isPatient">For migrations, whose statements may take long.</param>
    public string? PostgresConnection(bool isPatient = false)
    {
        try
        {
            var said = new DbConnectionStringBuilder { ConnectionString = ConnectionString };
            var complete = new NpgsqlConnectionStringBuilder(ConnectionString);
            if (!said.ContainsKey("Timeout"))
                complete.Timeout = 5;
            if (!said.ContainsKey("Cancellation Timeout"))
                complete.CancellationTimeout = 1000;
            if (!IsSaid(complete, "Maximum Pool Size"))
                complete.MaxPoolSize = Math.Max(UsualPoolSize, complete.MinPoolSize);
            if (!said.ContainsKey("Application Name"))
                complete.ApplicationName = "devopscd";
            // A server that vanished is noticed by idle connections, too, and not only by the next one who uses them.
            if (!said.ContainsKey("TCP Keepalive"))
                (complete.TcpKeepAlive, complete.TcpKeepAliveTime, complete.TcpKeepAliveInterval) = (true, 5, 2);
            // Nothing here sets anything for a session, so there is nothing to take back between two uses of a connection.
            if (!IsSaid(complete, "No Reset On Close"))
                complete.NoResetOnClose = true;
            // What the engine asks is the same again and again: the server parses it once for each connection.
            if (!IsSaid(complete, "Max Auto Prepare"))
                complete.MaxAutoPrepare = PreparedStatements;
            // A batch of 500 applications is some 600 kB of rows; each time that the buffer is filled the reader waits for it.
            if (!IsSaid(complete, "Read Buffer Size"))
                complete.ReadBufferSize = ReadBytes;
            if (isPatient && !said.ContainsKey("Command Timeout"))
                complete.CommandTimeout = 0;
            PostgresSession.Bound(complete, isPatient);
            return string.IsNullOrEmpty(complete.Host) ? null : complete.ConnectionString;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or KeyNotFoundException or InvalidCastException or OverflowException
            or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>Why the connection string names no SQLite file; null when it does.</summary>
    public static string? SqliteProblem(string connectionString)
    {
        const string form = "must name a file, such as Data Source=data/devopscd.db";
        try
        {
            var sqlite = new SqliteConnectionStringBuilder(connectionString);
            return sqlite.DataSource.Length == 0 || sqlite.DataSource.StartsWith("file:", StringComparison.Ordinal) || sqlite.DataSource == ":memory:"
                || sqlite.Mode is SqliteOpenMode.Memory or SqliteOpenMode.ReadOnly || Directory.Exists(sqlite.DataSource)
                ? form
                : null;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidCastException or OverflowException)
        {
            return form;
        }
    }

    // Under whichever of its names: Npgsql keeps the canonical one. Its ContainsKey only says that it knows such a key.
    private static bool IsSaid(NpgsqlConnectionStringBuilder connection, string key) => connection.Keys.Any(said => said == key);
}
