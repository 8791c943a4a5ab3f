using DevopsCd.Contracts.Api;
using DevopsCd.Core.Configuration;
using DevopsCd.Core.Deployments;
using DevopsCd.Shared;
using DevopsCd.Testing.Fakes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Core.Tests.Deployments;

/// <summary>The <c>http</c> driver and a service that keeps to the contract: what each answer means.</summary>
public sealed class A_deploy_service_over_http
{
    [Fact]
    public async Task Is_asked_as_the_contract_says()
    {
        await using var service = await FakeDeployService.StartAsync();
        service.Default = _ => DeployOutcome.Success(TimeSpan.FromHours(1));
        await using var client = new DeployClient(service.BaseUrl, service.ApiKey);
        var operation = DeployClient.Operation("api");

        (await client.Service.SubmitAsync(operation, default)).ShouldBeOfType<DeployAnswer.Progressing>();
        (await client.Service.SubmitAsync(operation, default)).ShouldBeOfType<DeployAnswer.Progressing>("the same again finds the first");

        var accepted = service.Operations.ShouldHaveSingleItem();
        accepted.OperationId.ShouldBe(operation.OperationId);
        var request = accepted.Request;
        (request.Application, request.Stage, request.Cluster, request.Namespace, request.Image, request.TimeoutSeconds)
            .ShouldBe(("api", "pre", "staging", "shop", "registry.example/api:1.0.1", 600));
        (request.Workload.Kind, request.Workload.Name, request.Workload.Container).ShouldBe(("Deployment", "api", "app"));
        request.Strategy!.Type.ShouldBe("canary");
        request.Strategy.Settings!["weight"].GetInt32().ShouldBe(20);
        (await client.Service.LookAsync(operation, default)).ShouldBeOfType<DeployAnswer.Progressing>();
        (await client.Service.StopAsync(operation, default)).ShouldBeOfType<DeployAnswer.Stopped>();
        service.Calls.Select(c => (c.Verb, c.Status)).ShouldBe([("submit", 201), ("submit", 200), ("look", 200), ("stop", 200)]);
    }

    [Fact]
    public async Task Says_how_an_operation_ended()
    {
        await using var service = await FakeDeployService.StartAsync();
        service.For("bad").Outcomes(DeployOutcome.Failure("ImagePullBackOff"));
        await using var client = new DeployClient(service.BaseUrl, service.ApiKey);

        (await client.Service.SubmitAsync(DeployClient.Operation("good"), default)).ShouldBeOfType<DeployAnswer.Succeeded>();
        (await client.Service.SubmitAsync(DeployClient.Operation("bad"), default)).ShouldBe(
            new DeployAnswer.Failed("ImagePullBackOff: bad: ImagePullBackOff") { Previous = new PreviousVersion("registry.example/bad:0", null, Unchanged: false) });
        (await client.Service.LookAsync(DeployClient.Operation("unknown"), default)).ShouldBeOfType<DeployAnswer.Unknown>();
    }

    [Fact]
    public async Task Says_why_an_operation_failed_and_knows_each_of_its_runs()
    {
        await using var service = await FakeDeployService.StartAsync();
        service.For("bad").Outcomes(DeployOutcome.Failure("NodeNotReady") with
        {
            Cause = new DeployCause { Class = DeployCauseClasses.Infrastructure, Node = "node-7" }
        });
        await using var client = new DeployClient(service.BaseUrl, service.ApiKey);
        var operation = DeployClient.Operation("bad");

        var failed = (await client.Service.SubmitAsync(operation, default)).ShouldBeOfType<DeployAnswer.Failed>();
        operation.Restarts = 1;
        (await client.Service.SubmitAsync(operation, default)).ShouldBeOfType<DeployAnswer.Succeeded>();
        (await client.Service.LookAsync(operation, default)).ShouldBeOfType<DeployAnswer.Succeeded>();
        var back = DeployClient.Operation("bad");
        (back.Reverts, back.PreviousRun) = (operation.OperationId, 1);
        (await client.Service.SubmitAsync(back, default)).ShouldBeOfType<DeployAnswer.Succeeded>();

        (failed.Cause!.Class, failed.Cause.Node).ShouldBe((DeployCauseClasses.Infrastructure, "node-7"));
        service.Operations.Select(o => (o.OperationId, o.RolledBackAt is not null))
            .ShouldBe([(operation.OperationId, false), ($"{operation.OperationId}-r1", true)]);
    }

    [Fact]
    public async Task Tells_what_runs_somewhere_where_it_can_tell()
    {
        await using var service = await FakeDeployService.StartAsync();
        await using var client = new DeployClient(service.BaseUrl, service.ApiKey);
        Deployment[] operations = [DeployClient.Operation("same"), DeployClient.Operation("other"), DeployClient.Operation("gone")];

        (await client.Service.InspectAsync(operations, default)).ShouldBe([null, null, null], "an older service has no such route");

        service.Found = asked => new DeployPreflightResult
        {
            Application = asked.Application,
            Cluster = asked.Cluster,
            Ok = asked.Application != "gone",
            Changes = asked.Application != "other" ? []
                : [new DeployPreflightChange { Container = "app", From = "registry.example/other:0", To = asked.Image }]
        };
        (await client.Service.InspectAsync(operations, default)).ShouldBe([new FoundVersion(null), new FoundVersion("registry.example/other:0"), null]);
    }

    [Theory]
    [InlineData(408)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    public async Task May_say_another_thing_the_next_time(int status)
    {
        await using var service = await FakeDeployService.StartAsync();
        service.For("api").Answers(SubmitAnswer.Refuse(status));
        await using var client = new DeployClient(service.BaseUrl, service.ApiKey);

        (await client.Service.SubmitAsync(DeployClient.Operation("api"), default)).ShouldBe(
            new DeployAnswer.Transient($"the deploy service answered {status}"));
        (await client.Service.SubmitAsync(DeployClient.Operation("api"), default)).ShouldBeOfType<DeployAnswer.Succeeded>();
    }

    [Fact]
    public async Task That_is_busy_says_how_long_to_wait()
    {
        await using var service = await FakeDeployService.StartAsync();
        service.For("api").Answers(SubmitAnswer.Busy(TimeSpan.FromSeconds(17)));
        await using var client = new DeployClient(service.BaseUrl, service.ApiKey);

        (await client.Service.SubmitAsync(DeployClient.Operation("api"), default)).ShouldBe(
            new DeployAnswer.Transient("the deploy service answered 429", TimeSpan.FromSeconds(17), MayHaveArrived: false));
    }

    [Theory]
    [InlineData(400)]
    [InlineData(403)]
    [InlineData(409)]
    [InlineData(422)]
    public async Task Refuses_for_good_and_says_why(int status)
    {
        await using var service = await FakeDeployService.StartAsync();
        service.For("api").Answers(SubmitAnswer.Refuse(status));
        await using var client = new DeployClient(service.BaseUrl, service.ApiKey);

        (await client.Service.SubmitAsync(DeployClient.Operation("api"), default)).ShouldBeOfType<DeployAnswer.Refused>().Reason.ShouldStartWith(
            $"the deploy service refused with {status}: ");
    }

    [Fact]
    public async Task With_another_key_refuses_and_the_key_is_told_to_nobody()
    {
        await using var service = await FakeDeployService.StartAsync();
        await using var client = new DeployClient(service.BaseUrl, "not-the-key-of-the-service");

        var answer = (await client.Service.SubmitAsync(DeployClient.Operation("api"), default)).ShouldBeOfType<DeployAnswer.Refused>();

        answer.Reason.ShouldContain("401");
        answer.Reason.ShouldNotContain("not-the-key-of-the-service");
    }

    [Fact]
    public async Task Takes_a_key_that_was_mounted_with_a_newline()
    {
        await using var service = await FakeDeployService.StartAsync();
        await using var client = new DeployClient(service.BaseUrl, $"{service.ApiKey}\r\n");

        (await client.Service.SubmitAsync(DeployClient.Operation("api"), default)).ShouldBeOfType<DeployAnswer.Succeeded>();
    }

    [Theory]
    [InlineData("core:k8s:api_key", "two\nlines-of-a-secret")]
    [InlineData("core:k8s:api_key", "schlüssel-of-a-secret")]
    [InlineData("core:k8s:base_url", "http://user:password-of-a-secret@deploy.example")]
    [InlineData("core:k8s:base_url", "http://deploy.example/?key=of-a-secret")]
    public void Is_not_configured_with_what_no_call_can_be_made_with(string key, string value)
    {
        var values = new Dictionary<string, string?> { ["core:deploy:driver"] = "http", ["core:k8s:base_url"] = "http://deploy.example", [key] = value };

        var wrong = Should.Throw<WrongConfigurationException>(() =>
            new ServiceCollection().AddCore(new ConfigurationReader(new ConfigurationBuilder().AddInMemoryCollection(values).Build())));

        wrong.Message.ShouldContain(key);
        wrong.Message.ShouldNotContain("of-a-secret");
    }

    [Fact]
    public async Task Is_not_asked_what_cannot_be_put_into_a_call()
    {
        await using var service = await FakeDeployService.StartAsync();
        await using var client = new DeployClient(service.BaseUrl, service.ApiKey);
        var operation = DeployClient.Operation("api");
        operation.Target = "{\"stage\":";

        (await client.Service.SubmitAsync(operation, default)).ShouldBeOfType<DeployAnswer.Refused>().Reason.ShouldContain("cannot be built (JsonException)");
        service.Calls.ShouldBeEmpty();
    }
}
