namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>Messages that leave once their transaction has committed.</summary>
internal interface IPendingDelivery
{
    /// <summary>What was saved in this transaction is now committed.</summary>
    void Committed(Guid transactionId);
}
