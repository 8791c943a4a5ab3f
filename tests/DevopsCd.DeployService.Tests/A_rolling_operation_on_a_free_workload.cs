using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text.Json;
using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Operations;
using DevopsCd.DeployService.Strategies;
using DevopsCd.DeployService.Tests.Support;
using DevopsCd.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.DeployService.Tests;

public sealed class A_rolling_operation_on_a_free_workload(TestCluster cluster)
{
    [Fact]
    public async Task Asks_the_API_server_four_times()
    {
        await using var given = await Given.NothingYetAsync(cluster);
        var service = await given.StartAsync();
        await cluster.GivenDeploymentAsync(given.Namespace, "shop");
        await cluster.GivenDeploymentAsync(given.Namespace, "cart");
        await given.DeployAsync("op-1", given.Request("cart", "registry.example/app:2"));
        await given.UntilAsync("op-1", DeployPhases.Succeeded);

        var calls = new ConcurrentQueue<string>();
        using var listener = Listen(service, calls);
        await given.DeployAsync("op-2", given.Request("shop", "registry.example/app:2"));
        await given.UntilAsync("op-2", DeployPhases.Succeeded);

        calls.ShouldBe(["get deployments", "create configmaps", "patch deployments", "patch configmaps"]);
    }

    [Theory]
    [InlineData("registry.example/app:never")]
    [InlineData("registry.example/app:3")]
    public async Task Returns_to_what_an_operation_accepted_elsewhere_at_the_same_moment_has_deployed(string image)
    {
        await using var given = await Given.NothingYetAsync(cluster);
        var store = (await given.StartAsync()).Services.GetRequiredService<OperationStore>();
        await cluster.GivenDeploymentAsync(given.Namespace, "shop");
        await given.DeployAsync("op-1", given.Request("shop", image));
        await Eventually.Sees(() => given.ViewAsync("op-1"),
            v => v.Reason is "RollingOut" && image.EndsWith("never", StringComparison.Ordinal) || v.Phase == DeployPhases.Succeeded, "the first has written");
        var first = store.Known("op-1")!;

        // As a replica writes it that has not heard of the first one yet, and that dies then: the other hears of it from the API server.
        var elsewhere = (await given.StartAsync()).Services.GetRequiredService<OperationStore>();
        await elsewhere.AddAsync(first with
        {
            Id = "op-2",
            Request = given.Request("shop", "registry.example/app:2"),
            StartedAt = (first.Status.FinishedAt ?? first.StartedAt) + TimeSpan.FromMilliseconds(1),
            Status = DeploySteps.Starting
        }, default);
        var second = await given.UntilAsync("op-2", DeployPhases.Succeeded);

        second.Reason.ShouldBe("RolledOut");
        (await given.ViewAsync("op-1")).Reason.ShouldBeOneOf("Superseded", "RolledOut");
        store.Known("op-2")!.Previous!.Value.Deserialize<WorkloadSnapshot>(Json.Options)!.Image.ShouldBe(image);
    }

    [Fact]
    public async Task Is_not_set_on_again_over_a_persons_undo_after_a_restart()
    {
        await using var given = await Given.ServiceAsync(cluster);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop");
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:never"));
        await given.UntilReasonAsync("op-1", "RollingOut");
        await given.StopAllAsync();

        await cluster.UndoRolloutAsync(given.Namespace, "shop");
        await given.StartAsync();
        var ended = await given.UntilAsync("op-1", DeployPhases.Failed);

        ended.Reason.ShouldBe("ChangedByOthers");
        (await given.DeploymentAsync("shop")).Image().ShouldBe("registry.example/app:1");
    }

    private static MeterListener Listen(ServiceInProcess service, ConcurrentQueue<string> calls)
    {
        var meters = service.Services.GetRequiredService<IMeterFactory>();
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Scope == meters && instrument.Name == "devopscd.deploy.api.calls")
                    self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) =>
        {
            var call = tags.ToArray().ToDictionary(t => t.Key, t => t.Value);
            // Watches, and the lists they begin with, are shared by all operations.
            if (call["verb"] is not ("watch" or "list"))
                calls.Enqueue($"{call["verb"]} {call["resource"]}");
        });
        listener.Start();
        return listener;
    }
}
