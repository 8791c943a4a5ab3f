using Microsoft.EntityFrameworkCore;

namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>What is used when nothing was chosen: the statement of whatever database the context is on.</summary>
internal sealed class ProviderLockStatementProvider : ILockStatementProvider
{
    public static readonly ProviderLockStatementProvider Instance = new();

    private readonly PostgresLockStatementProvider _postgres = new();
    private readonly SqliteLockStatementProvider _sqlite = new();

    public string GetRowLockStatement<T>(DbContext context)
        where T : class =>
        Choose(context).GetRowLockStatement<T>(context);

    public string GetRowLockStatement<T>(DbContext context, params string[] propertyNames)
        where T : class =>
        Choose(context).GetRowLockStatement<T>(context, propertyNames);

    private SqlLockStatementProvider Choose(DbContext context) => DatabaseKind.Of(context) == Database.Sqlite ? _sqlite : _postgres;
}
