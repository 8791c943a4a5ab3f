using Microsoft.EntityFrameworkCore;

namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>Writes the statement that reads one row and locks it until the transaction ends. Parameters are <c>{0}</c>, <c>{1}</c>, ….</summary>
public interface ILockStatementProvider
{
    /// <summary>Selects and locks by CorrelationId, whatever the primary key is.</summary>
    string GetRowLockStatement<T>(DbContext context)
        where T : class;

    /// <summary>Selects and locks by the given properties.</summary>
    string GetRowLockStatement<T>(DbContext context, params string[] propertyNames)
        where T : class;
}
