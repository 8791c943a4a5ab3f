using System.Data;
using MassTransit.EntityFrameworkCoreIntegration;

namespace MassTransit;

/// <summary>Configures the transactional outbox of one DbContext.</summary>
public interface IEntityFrameworkOutboxConfigurator : ITransactionalOutboxConfigurator
{
    /// <summary>For how long a message that was consumed is recognised when it comes again. Default 30 min.</summary>
    TimeSpan DuplicateDetectionWindow { set; }

    /// <summary>The isolation of the consumer's transaction. Default ReadCommitted.</summary>
    IsolationLevel IsolationLevel { set; }

    /// <summary>Accepted for compatibility: the statements follow the DbContext's own provider.</summary>
    ILockStatementProvider LockStatementProvider { set; }

    /// <summary>How often the sweep and the cleanup look when there was nothing to do. Default 10 s.</summary>
    TimeSpan QueryDelay { set; }

    /// <summary>The largest number of outboxes one sweep takes. Default 100.</summary>
    int QueryMessageLimit { set; }

    /// <summary>How long one statement of the sweep or the cleanup may take. Default: the DbContext's command timeout.</summary>
    TimeSpan QueryTimeout { set; }

    /// <summary>Leaves the cleaning of the inbox to another process.</summary>
    void DisableInboxCleanupService();

    /// <summary>
    /// Makes scoped <see cref="IPublishEndpoint"/> and <see cref="ISendEndpointProvider"/> write to the outbox wherever no message of this bus is being
    /// consumed: HTTP requests, jobs, consumers of a mediator.
    /// </summary>
    void UseBusOutbox(Action<IEntityFrameworkBusOutboxConfigurator>? configure = null);
}
