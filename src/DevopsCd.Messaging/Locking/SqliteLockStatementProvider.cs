namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>SQLite has one writer: the transaction itself (BEGIN IMMEDIATE) is the lock.</summary>
/// <param name="schemaName">The attached database of tables that name none; null leaves it to the connection.</param>
/// <param name="enableSchemaCaching">Keep the statement for each model.</param>
public class SqliteLockStatementProvider(string? schemaName, bool enableSchemaCaching = true)
    : SqlLockStatementProvider(schemaName, "", enableSchemaCaching)
{
    /// <summary>Leaves the schema to the connection.</summary>
    public SqliteLockStatementProvider(bool enableSchemaCaching = true)
        : this(null, enableSchemaCaching)
    {
    }
}
