using System.Globalization;
using System.Text.Json;
using DevopsCd.Contracts;
using DevopsCd.Testing;

namespace DevopsCd.EndToEnd.Tests.Broker;

public sealed class A_producer_from_the_readme
{
    private const string NodeModules = "devopscd-test-node";

    [Fact]
    public async Task Reaches_DevopsCd_from_Python()
    {
        await using var broker = await BrokerHost.Start(("core:rabbitmq:require_user_id", "true"));
        var script = await Readme.Script("python", ".py");

        // The distribution's own interpreter: a version manager's python3 does not see the distribution's pika.
        await Send("/usr/bin/python3", script, broker, ("DEVOPSCD_AMQP", broker.Server.Uri.ToString()));
    }

    [Fact]
    public async Task Reaches_DevopsCd_from_Node()
    {
        await using var broker = await BrokerHost.Start(("core:rabbitmq:require_user_id", "true"));
        var script = await Readme.Script("javascript", ".cjs");
        var modules = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", NodeModules);
        if (!Directory.Exists(Path.Combine(modules, "node_modules", "amqplib")))
            await Command.Run("npm",
                ["install", "--silent", "--no-audit", "--no-fund", "--prefix", Directory.CreateDirectory(modules).FullName, "amqplib@2.3.1"], "");

        await Send("node", script, broker, ("DEVOPSCD_AMQP", broker.Server.Uri.ToString()), ("NODE_PATH", Path.Combine(modules, "node_modules")));
    }

    [Fact]
    public async Task Reaches_DevopsCd_from_the_shell()
    {
        await using var broker = await BrokerHost.Start(("core:rabbitmq:require_user_id", "true"));
        var script = await Readme.Script("bash", ".sh");

        await Send(
            "bash", script, broker,
            ("DEVOPSCD_RABBITMQ_API", TestServers.RabbitMqApi.GetLeftPart(UriPartial.Authority)),
            ("DEVOPSCD_RABBITMQ_USER", Uri.UnescapeDataString(broker.Server.Uri.UserInfo)),
            ("DEVOPSCD_VHOST", broker.Server.Name));
    }

    private static async Task Send(string program, string script, BrokerHost broker, params (string Name, string Value)[] environment)
    {
        foreach (var contract in (string[])["CreateBatch", "ApproveBatch", "BuildCompleted", "DeploymentReported"])
            await Command.Run(program, [script, contract], Readme.Sample(contract), environment);

        await broker.Until(() => Task.FromResult(broker.Taken.All.Count == 4), "all four are taken");
        (await broker.Parked()).ShouldBeEmpty();
        broker.Taken.All.Select(t => t.MessageId).Distinct().Count().ShouldBe(4);
        broker.Taken.All.ShouldAllBe(t => t.User == "devopscd");
        var build = (BuildCompleted)broker.Taken.All.Single(t => t.Message is BuildCompleted).Message;
        build.FinishedAt.ShouldBe(DateTimeOffset.Parse("2026-11-24T08:30:00Z", CultureInfo.InvariantCulture));
        JsonSerializer.Serialize(build.Status).ShouldBe("\"success\"");
    }
}
