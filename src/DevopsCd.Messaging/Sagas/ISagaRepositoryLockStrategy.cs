using System.Data;
using Microsoft.EntityFrameworkCore;

namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>How instances are read so that two messages cannot both change one.</summary>
public interface ISagaRepositoryLockStrategy<TSaga>
    where TSaga : class, ISaga
{
    /// <summary>The isolation of the transaction the repository opens when there is none yet.</summary>
    IsolationLevel IsolationLevel { get; }

    /// <summary>Whether the repository opens a transaction at all.</summary>
    bool IsTransactionEnabled { get; }

    /// <summary>Reads one instance, or null.</summary>
    Task<TSaga?> LoadAsync(DbContext context, Guid correlationId, CancellationToken cancellationToken);

    /// <summary>Reads all instances a query finds, inside the transaction.</summary>
    Task<IList<TSaga>> LoadAllAsync(DbContext context, ISagaQuery<TSaga> query, CancellationToken cancellationToken);
}
