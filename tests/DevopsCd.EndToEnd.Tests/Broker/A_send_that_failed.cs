using DevopsCd.Host.Broker;
using MassTransit;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace DevopsCd.EndToEnd.Tests.Broker;

/// <summary>Five refusals set a message of the outbox aside, so that an outage must never look like one.</summary>
public sealed class A_send_that_failed
{
    [Theory]
    [InlineData(320, "CONNECTION_FORCED - broker forced connection closure with reason 'shutdown'", true)]
    [InlineData(320, "CONNECTION_FORCED - Closed via management plugin", true)]
    [InlineData(541, "INTERNAL_ERROR", true)]
    [InlineData(506, "RESOURCE_ERROR - channel limit", true)]
    [InlineData(504, "CHANNEL_ERROR", true)]
    [InlineData(404, "NOT_FOUND - no exchange", false)]
    [InlineData(403, "ACCESS_REFUSED - write access to exchange", false)]
    [InlineData(406, "PRECONDITION_FAILED - user_id property set to 'x'", false)]
    [InlineData(311, "CONTENT_TOO_LARGE", false)]
    public void Was_refused_only_by_what_the_broker_says_of_the_message(int code, string text, bool isOutage)
    {
        var closed = new AlreadyClosedException(new ShutdownEventArgs(RabbitMQ.Client.ShutdownInitiator.Peer, (ushort)code, text));

        new RabbitSendFailures().IsOutage(closed).ShouldBe(isOutage);
        new RabbitSendFailures().IsOutage(new TransportException(new Uri("rabbitmq://host/"), "wrapped", closed)).ShouldBe(isOutage);
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void Was_not_refused_by_a_broker_that_does_not_confirm_it(bool returned, bool isOutage) =>
        new RabbitSendFailures().IsOutage(new RabbitMQ.Client.Exceptions.PublishException(7, returned)).ShouldBe(isOutage);

    [Fact]
    public void Was_refused_where_no_broker_was_asked() => new RabbitSendFailures().IsOutage(new FormatException("not json")).ShouldBeFalse();
}
