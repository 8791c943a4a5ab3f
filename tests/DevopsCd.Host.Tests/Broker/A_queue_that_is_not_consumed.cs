using DevopsCd.Host.Broker;
using MassTransit;
using NSubstitute;

namespace DevopsCd.Host.Tests.Broker;

/// <summary>After a restart of the broker the bus comes back to each queue by itself, and not to all of them at once.</summary>
public sealed class A_queue_that_is_not_consumed
{
    [Fact]
    public void Is_named()
    {
        var health = BusHealthResult.Degraded("", null!, new Dictionary<string, EndpointHealthResult>
        {
            ["rabbitmq://broker/devopscd/scan-batches"] = EndpointHealthResult.Unhealthy(Substitute.For<IReceiveEndpoint>(), "", null!),
            ["rabbitmq://broker/devopscd/batch"] = EndpointHealthResult.Healthy(Substitute.For<IReceiveEndpoint>(), "")
        });

        BrokerCheck.Missing(health).ShouldBe("not consumed: scan-batches");
    }

    [Fact]
    public void Is_not_named_where_all_are_missing()
    {
        var health = BusHealthResult.Unhealthy("", null!, new Dictionary<string, EndpointHealthResult>
        {
            ["rabbitmq://broker/devopscd/batch"] = EndpointHealthResult.Unhealthy(Substitute.For<IReceiveEndpoint>(), "", null!)
        });

        BrokerCheck.Missing(health).ShouldBe("the connection is lost");
    }
}
