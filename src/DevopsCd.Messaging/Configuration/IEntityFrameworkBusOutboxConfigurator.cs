namespace MassTransit;

/// <summary>Configures the outbox of what is published outside of consumers.</summary>
public interface IEntityFrameworkBusOutboxConfigurator : IBusOutboxConfigurator
{
    /// <summary>Accepted for compatibility: the messages of one transaction leave together.</summary>
    int MessageDeliveryLimit { set; }

    /// <summary>How long one message may take to be confirmed by the transport. Default 10 s.</summary>
    TimeSpan MessageDeliveryTimeout { get; set; }
}
