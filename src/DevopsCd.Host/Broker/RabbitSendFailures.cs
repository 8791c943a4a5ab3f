using MassTransit.EntityFrameworkCoreIntegration;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace DevopsCd.Host.Broker;

/// <summary>
/// What RabbitMQ says no with. Only a word about the message, or about where it is to go, is a refusal; a channel or a connection that the broker
/// closes for any other reason (a restart, an operator, an internal error) and a message that it does not confirm say nothing of the message.
/// </summary>
internal sealed class RabbitSendFailures : ISendFailures
{
    public bool IsOutage(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
            switch (cause)
            {
                case PublishException publish:
                    return !publish.IsReturn;
                case OperationInterruptedException { ShutdownReason: { Initiator: ShutdownInitiator.Peer } reason }:
                    return reason.ReplyCode is not (Constants.ContentTooLarge or Constants.AccessRefused or Constants.NotFound or Constants.PreconditionFailed);
                case RabbitMQClientException:
                    return true;
            }
        return exception is AggregateException many && many.InnerExceptions.Any(IsOutage);
    }
}
