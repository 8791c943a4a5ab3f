using System.Globalization;
using Npgsql;

namespace DevopsCd.Core.Configuration;

/// <summary>
/// What every session asks of the server, so that no client that died, froze or lost its line keeps a lock: it is the server that ends such
/// a session, for nobody else can.
/// </summary>
internal static class PostgresSession
{
    /// <summary>How long a transaction may rest between two statements before the server ends the session and frees what it holds.</summary>
    public static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(10);

    /// <summary>How long a statement waits for somebody else's lock; then it fails with 55P03 and is tried again.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a migration waits for a table, before it lets the others pass and is tried again: everybody who comes for the table meanwhile stands
    /// behind it, and whoever has it may have it for hours, as a backup does.
    /// </summary>
    public static readonly TimeSpan LongestWaitOfMigration = TimeSpan.FromSeconds(2);

    /// <summary>What a statement may take beyond the client's own command timeout, which ends it sooner while the client lives.</summary>
    private static readonly TimeSpan s_spare = TimeSpan.FromSeconds(5);

    /// <summary>Completes a connection string. What <c>Options</c> says there already has the last word.</summary>
    /// <param name="connection">The connection string.</param>
    /// <param name="isPatient">Statements may take as long as they do, and wait for locks for less than anybody else: for migrations.</param>
    public static void Bound(NpgsqlConnectionStringBuilder connection, bool isPatient)
    {
        var settings = new List<(string Name, TimeSpan Value)>
        {
            ("idle_in_transaction_session_timeout", LongestRest),
            // A line that is dead shows within eleven seconds while nothing is sent, and within ten while something is.
            ("tcp_user_timeout", TimeSpan.FromSeconds(10)),
        };
        settings.Add(("lock_timeout", isPatient ? LongestWaitOfMigration : LongestWait));
        if (!isPatient && connection.CommandTimeout > 0)
            settings.Add(("statement_timeout", TimeSpan.FromSeconds(connection.CommandTimeout) + s_spare));
        var options = settings.Select(s => string.Create(CultureInfo.InvariantCulture, $"-c {s.Name}={(long)s.Value.TotalMilliseconds}"))
            .Append("-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3");
        connection.Options = string.Join(' ', [.. options, .. connection.Options is { Length: > 0 } own ? (string[])[own] : []]);
    }
}
