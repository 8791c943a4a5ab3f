using System.Text.Json;
using DevopsCd.Core.MessageContracts;
using DevopsCd.Testing;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace DevopsCd.EndToEnd.Tests.Broker;

/// <summary>The users of infra/rabbitmq/definitions.json, each tried on the real broker.</summary>
public sealed class The_least_rights
{
    private const ushort AccessRefused = 403;

    [Theory]
    [InlineData("devopscd-ci", "BuildCompleted")]
    [InlineData("devopscd-deploy", "DeploymentReported", "GateAnswered")]
    public async Task Let_a_user_publish_what_it_is_for_and_nothing_else(string user, params string[] allowed)
    {
        await using var broker = await BrokerHost.Start();
        var (configure, write, read) = await RightsOf(user);
        var address = await broker.Server.CreateUserAsync(configure, write, read);

        foreach (var name in allowed)
            (await Refusal(address, channel => Publish(channel, $"DevopsCd.Contracts:{name}"))).ShouldBeNull();
        foreach (var other in ContractCatalogue.All.Where(c => !allowed.Contains(c.Name)))
            (await Refusal(address, channel => Publish(channel, other.Exchange))).ShouldBe(AccessRefused, other.Name);
        (await Refusal(address, channel => Publish(channel, "", "small"))).ShouldBe(AccessRefused, "straight into a queue");
        (await Refusal(address, channel => Publish(channel, "small"))).ShouldBe(AccessRefused, "through the queue's own exchange");
        (await Refusal(address, channel => channel.BasicGetAsync("small", autoAck: true))).ShouldBe(AccessRefused, "reading");
        (await Refusal(address, channel => channel.QueueDeclareAsync("mine"))).ShouldBe(AccessRefused, "declaring a queue");
        (await Refusal(address, channel => channel.ExchangeDeclareAsync("mine", "fanout"))).ShouldBe(AccessRefused, "declaring an exchange");
        (await Refusal(address, channel => channel.ExchangeDeleteAsync($"DevopsCd.Contracts:{allowed[0]}"))).ShouldBe(AccessRefused, "deleting");
    }

    [Fact]
    public async Task Let_a_person_give_orders_decide_gates_and_report_nothing()
    {
        await using var broker = await BrokerHost.Start();
        var (configure, write, read) = await RightsOf("devopscd-operator");
        var address = await broker.Server.CreateUserAsync(configure, write, read);

        foreach (var contract in ContractCatalogue.All)
            (await Refusal(address, channel => Publish(channel, contract.Exchange)))
                .ShouldBe(contract.NeedsPerson || contract.Name == "GateAnswered" ? null : AccessRefused, contract.Name);
    }

    [Fact]
    public async Task Do_not_let_a_user_claim_to_be_another()
    {
        await using var broker = await BrokerHost.Start();
        var (configure, write, read) = await RightsOf("devopscd-ci");
        var address = await broker.Server.CreateUserAsync(configure, write, read);

        var refusal = await Refusal(address,
            channel => Publish(channel, "DevopsCd.Contracts:BuildCompleted", properties: new BasicProperties { UserId = "devopscd" }));

        refusal.ShouldBe((ushort)406);
    }

    private static async Task<(string Configure, string Write, string Read)> RightsOf(string user)
    {
        var path = Path.Combine(Readme.Contracts, "../infra/rabbitmq/definitions.json");
        using var definitions = JsonDocument.Parse(await File.ReadAllTextAsync(path));
        var rights = definitions.RootElement.GetProperty("permissions").EnumerateArray().Single(p => p.GetProperty("user").GetString() == user);
        return (rights.GetProperty("configure").GetString()!, rights.GetProperty("write").GetString()!, rights.GetProperty("read").GetString()!);
    }

    private static async Task Publish(IChannel channel, string exchange, string routingKey = "", BasicProperties? properties = null) =>
        await channel.BasicPublishAsync(exchange, routingKey, mandatory: false, properties ?? new BasicProperties(), "{}"u8.ToArray());

    private static async Task<ushort?> Refusal(Uri address, Func<IChannel, Task> attempt)
    {
        var factory = new ConnectionFactory { Uri = address, AutomaticRecoveryEnabled = false };
        await using var connection = await factory.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        try
        {
            await attempt(channel);
            return null;
        }
        catch (OperationInterruptedException refused)
        {
            return refused.ShutdownReason!.ReplyCode;
        }
        catch (Exception) when (channel.CloseReason is { } reason)
        {
            return reason.ReplyCode;
        }
    }
}
