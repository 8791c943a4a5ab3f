using System.Text.Json;
using DevopsCd.Testing;

namespace DevopsCd.EndToEnd.Tests.Broker;

/// <summary>The producers of contracts/README.md against a virtual host.</summary>
internal sealed class Producers(RabbitVirtualHost broker)
{
    // The distribution's own interpreter: a version manager's python3 does not see the distribution's pika.
    private const string Interpreter = "/usr/bin/python3";

    public async Task Python(string contract, object message) => await Command.Run(
        Interpreter, [await Readme.Script("python", ".py"), contract], JsonSerializer.Serialize(message), ("DEVOPSCD_AMQP", broker.Uri.ToString()));

    public async Task Shell(string contract, object message) => await Command.Run(
        "bash", [await Readme.Script("bash", ".sh"), contract], JsonSerializer.Serialize(message),
        ("DEVOPSCD_RABBITMQ_API", TestServers.RabbitMqApi.GetLeftPart(UriPartial.Authority)),
        ("DEVOPSCD_RABBITMQ_USER", Uri.UnescapeDataString(broker.Uri.UserInfo)),
        ("DEVOPSCD_VHOST", broker.Name));
}
