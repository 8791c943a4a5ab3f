namespace MassTransit;

/// <summary>Configures the outbox of what is published outside of consumers.</summary>
public interface IEntityFrameworkBusOutboxConfigurator : IBusOutboxConfigurator
{
    /// <summary>The largest number of messages one sweep takes of one outbox; the rest follows in order. Default 100.</summary>
    int MessageDeliveryLimit { set; }

    /// <summary>How long one message may take to be confirmed by the transport. Default 10 s.</summary>
    TimeSpan MessageDeliveryTimeout { get; set; }
}
