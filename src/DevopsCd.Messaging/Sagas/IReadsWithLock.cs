namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>
/// Says what is read in the round trip that locks an instance, because whoever decides about the message will ask for it. A service of the scope
/// in which the message is consumed. Without one, on a database without batches, and for an instance that the context tracks already, the
/// instance is locked alone, so that nobody may rely on being called.
/// </summary>
public interface IReadsWithLock<TSaga>
    where TSaga : class, ISaga
{
    /// <summary>Adds what is read for a message, each query seeing what was committed before the lock was had.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="queries">Takes the queries, of the saga's context.</param>
    /// <param name="correlationId">The instance.</param>
    /// <param name="context">The message.</param>
    /// <returns>Called with the locked instance once all has been read, and not at all where there is none; null when nothing was added.</returns>
    Action<TSaga>? Add<T>(QueryBatch queries, Guid correlationId, ConsumeContext<T> context)
        where T : class;
}
