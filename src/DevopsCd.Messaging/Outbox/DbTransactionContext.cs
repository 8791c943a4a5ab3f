namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>A payload of messages that are consumed inside a database transaction.</summary>
public interface DbTransactionContext
{
    /// <summary>The transaction, as EF Core calls it.</summary>
    Guid TransactionId { get; }
}
