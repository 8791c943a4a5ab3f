using MassTransit;
using RabbitMQ.Client.Exceptions;

namespace DevopsCd.Host.Broker;

/// <summary>Tells what cannot work now (database or broker away) from what can never work. What the database means is told by <see cref="DatabaseFailures" />.</summary>
internal static class Outage
{
    public static bool IsOne(Exception exception) => DatabaseFailures.IsOutage(exception) || IsBroker(exception);

    /// <summary>The broker is away or does not let us in.</summary>
    public static bool IsBroker(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
            if (cause is RabbitMQClientException or ConnectionException or TransportUnavailableException)
                return true;
        return exception is AggregateException many && many.InnerExceptions.Any(IsBroker);
    }
}
