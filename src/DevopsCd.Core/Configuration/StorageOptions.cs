using System.ComponentModel.DataAnnotations;
using System.Data.Common;
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

    public bool Postgres => Provider == "postgres";

    /// <summary>
    /// The connection string with what a service needs where it says nothing itself: a server that is silent is given up after five
    /// seconds instead of fifteen, because people wait for the answer. Null when it cannot be read.
    /// </summary>
    public string? PostgresConnection()
    {
        try
        {
            var said = new DbConnectionStringBuilder { ConnectionString = ConnectionString };
            var complete = new NpgsqlConnectionStringBuilder(ConnectionString);
            if (!said.ContainsKey("Timeout"))
                complete.Timeout = 5;
            if (!said.ContainsKey("Cancellation Timeout"))
                complete.CancellationTimeout = 1000;
            if (!said.ContainsKey("Application Name"))
                complete.ApplicationName = "devopscd";
            return string.IsNullOrEmpty(complete.Host) ? null : complete.ConnectionString;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or KeyNotFoundException)
        {
            return null;
        }
    }
}
