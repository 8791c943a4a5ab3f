using System.Net.Sockets;

namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>Tells a broker that did not answer from one that refused the message.</summary>
internal static class DeliveryOutage
{
    /// <summary>Nobody has judged the message: the send timed out, or there was no connection to send it over.</summary>
    public static bool IsOne(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is OperationCanceledException or TimeoutException or SocketException or IOException or ConnectionException
                or TransportUnavailableException)
                return true;
        }
        return exception is AggregateException many && many.InnerExceptions.Any(IsOne);
    }
}
