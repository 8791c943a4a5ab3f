using DevopsCd.Core.Configuration;
using DevopsCd.Host.Broker;
using DevopsCd.Shared;
using Microsoft.Extensions.Configuration;

namespace DevopsCd.Host.Tests.Access;

public sealed class A_broker_whose_users_are_not_verified
{
    [Theory]
    [InlineData("false", true)]
    [InlineData("true", false)]
    [InlineData(null, false)]
    public void Is_warned_of_at_the_start(string? required, bool isWarned)
    {
        var reader = new ConfigurationReader(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["core:transport"] = "rabbitmq",
            ["core:rabbitmq:require_user_id"] = required
        }).Build());

        BrokerRegistration.Read(reader);

        reader.Doubts.Any(doubt => doubt.StartsWith("core:rabbitmq:require_user_id is false: whoever may publish may do everything", StringComparison.Ordinal)).ShouldBe(isWarned);
    }
}
