namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>SQLite has one writer: the transaction itself (BEGIN IMMEDIATE) is the lock.</summary>
/// <param name="enableSchemaCaching">Keep the statement for each model.</param>
public class SqliteLockStatementProvider(bool enableSchemaCaching = true)
    : SqlLockStatementProvider(null, "", enableSchemaCaching);
