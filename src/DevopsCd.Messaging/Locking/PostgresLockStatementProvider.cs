namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>Row locks of PostgreSQL: FOR UPDATE.</summary>
/// <param name="schemaName">The schema of tables that name none; null leaves it to the search path.</param>
/// <param name="enableSchemaCaching">Keep the statement for each model.</param>
public class PostgresLockStatementProvider(string? schemaName, bool enableSchemaCaching = true)
    : SqlLockStatementProvider(schemaName, " FOR UPDATE", enableSchemaCaching)
{
    /// <summary>Leaves the schema to the model and the search path.</summary>
    public PostgresLockStatementProvider(bool enableSchemaCaching = true)
        : this(null, enableSchemaCaching)
    {
    }
}
