using System.Text.Json.Nodes;
using DevopsCd.Core.MessageContracts;
using DevopsCd.Core.Notifications.Channels;

namespace DevopsCd.Host.Tests.Contracts;

/// <summary>Writes the AsyncAPI 3.0 document of the broker: one channel, one message and one operation a contract.</summary>
internal static class AsyncApiWriter
{
    public static string Write()
    {
        var channels = new JsonObject();
        var operations = new JsonObject();
        var messages = new JsonObject();
        foreach (var contract in ContractCatalogue.Public)
        {
            channels[contract.Name] = Channel(contract.Exchange, "fanout", contract.Name, Documentation.Of(contract.Type));
            operations[(contract.IsInbound ? "take" : "tell") + contract.Name] = Operation(contract.Name, contract.IsInbound);
            messages[contract.Name] = Message(contract);
        }

        channels["CdEvent"] = Channel(CdEventsChannel.Exchange, "topic", "CdEvent",
            "CDEvents 0.5.1, where `core.notification` has a channel of the type `cdevents`. The routing key is the event's type.");
        operations["tellCdEvent"] = Operation("CdEvent", isInbound: false);
        messages["CdEvent"] = new JsonObject
        {
            ["name"] = "CdEvent",
            ["title"] = "CdEvent",
            ["summary"] = "A CDEvent in the structured form of CloudEvents.",
            ["contentType"] = "application/cloudevents+json",
            ["payload"] = Reference("./schemas/CdEvent.json"),
            ["examples"] = new JsonArray(new JsonObject { ["payload"] = JsonNode.Parse(ContractFiles.Read("examples/CdEvent.json")) }),
        };

        return SchemaWriter.ToText(new JsonObject
        {
            ["asyncapi"] = "3.0.0",
            ["info"] = new JsonObject
            {
                ["title"] = "DevopsCd",
                ["version"] = typeof(ContractType).Assembly.GetName().Version!.ToString(3),
                ["description"] = "What DevopsCd takes from and tells over RabbitMQ. What it takes may be plain JSON; what it tells is an envelope whose field "
                    + "`message` holds the contract.",
            },
            ["servers"] = new JsonObject
            {
                ["broker"] = new JsonObject { ["host"] = "localhost:5672", ["protocol"] = "amqp", ["protocolVersion"] = "0-9-1" },
            },
            ["defaultContentType"] = "application/json",
            ["channels"] = channels,
            ["operations"] = operations,
            ["components"] = new JsonObject { ["messages"] = messages },
        });
    }

    private static JsonObject Channel(string name, string type, string message, string description) => new()
    {
        ["address"] = name,
        ["description"] = description,
        ["messages"] = new JsonObject { [message] = Reference($"#/components/messages/{message}") },
        ["bindings"] = new JsonObject
        {
            ["amqp"] = new JsonObject
            {
                ["is"] = "routingKey",
                ["exchange"] = new JsonObject
                {
                    ["name"] = name,
                    ["type"] = type,
                    ["durable"] = true,
                    ["autoDelete"] = false,
                    ["vhost"] = "/",
                },
                ["bindingVersion"] = "0.3.0",
            },
        },
    };

    private static JsonObject Operation(string message, bool isInbound) => new()
    {
        ["action"] = isInbound ? "receive" : "send",
        ["channel"] = Reference($"#/channels/{message}"),
        ["messages"] = new JsonArray(Reference($"#/channels/{message}/messages/{message}")),
        ["bindings"] = new JsonObject
        {
            ["amqp"] = new JsonObject { ["deliveryMode"] = 2, ["mandatory"] = isInbound, ["bindingVersion"] = "0.3.0" },
        },
    };

    private static JsonObject Message(ContractType contract) => new()
    {
        ["name"] = contract.Urn,
        ["title"] = contract.Name,
        ["summary"] = Documentation.Of(contract.Type),
        ["contentType"] = contract.IsInbound ? "application/json" : "application/vnd.masstransit+json",
        ["payload"] = contract.IsInbound ? Reference($"./schemas/{contract.Name}.json") : Envelope(contract),
        ["examples"] = new JsonArray(new JsonObject { ["payload"] = Example(contract) }),
    };

    private static JsonObject Envelope(ContractType contract) => new()
    {
        ["type"] = "object",
        ["required"] = new JsonArray("messageType", "message"),
        ["properties"] = new JsonObject
        {
            ["messageId"] = new JsonObject { ["type"] = "string", ["format"] = "uuid" },
            ["messageType"] = new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["type"] = "string" } },
            ["sentTime"] = new JsonObject { ["type"] = "string", ["format"] = "date-time" },
            ["message"] = Reference($"./schemas/{contract.Name}.json"),
        },
    };

    private static JsonNode Example(ContractType contract)
    {
        var example = JsonNode.Parse(ContractFiles.Read($"examples/{contract.Name}.json"))!;
        return contract.IsInbound
            ? example
            : new JsonObject { ["messageId"] = "0192f0c1-2b7e-7a35-8f6d-0f2f5f3b9c11", ["messageType"] = new JsonArray(contract.Urn), ["message"] = example };
    }

    private static JsonObject Reference(string to) => new() { ["$ref"] = to };
}
