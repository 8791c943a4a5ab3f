using System.Text.Json;
using DevopsCd.Core.Applications;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Deployments;
using DevopsCd.Testing.Fakes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DevopsCd.Core.Tests.Deployments;

/// <summary>The <c>http</c> driver: what each answer means, from a service that keeps to spec §8 and from one that does not.</summary>
public sealed class A_deploy_service_over_http
{
    [Fact]
    public async Task Is_asked_as_the_contract_says()
    {
        await using var service = await FakeDeployService.StartAsync();
        service.Default = _ => DeployOutcome.Success(TimeSpan.FromHours(1));
        await using var client = Client(service.BaseUrl, service.ApiKey);
        var operation = Operation("api");

        (await client.Service.Submit(operation, default)).ShouldBeOfType<DeployAnswer.Progressing>();
        (await client.Service.Submit(operation, default)).ShouldBeOfType<DeployAnswer.Progressing>("the same again finds the first");

        var accepted = service.Operations.ShouldHaveSingleItem();
        accepted.OperationId.ShouldBe(operation.OperationId);
        var request = accepted.Request;
        (request.Application, request.Stage, request.Cluster, request.Namespace, request.Image, request.TimeoutSeconds)
            .ShouldBe(("api", "pre", "staging", "shop", "registry.example/api:1.0.1", 600));
        (request.Workload.Kind, request.Workload.Name, request.Workload.Container).ShouldBe(("Deployment", "api", "app"));
        request.Strategy!.Type.ShouldBe("canary");
        request.Strategy.Settings!["weight"].GetInt32().ShouldBe(20);
        (await client.Service.Look(operation, default)).ShouldBeOfType<DeployAnswer.Progressing>();
        (await client.Service.Stop(operation, default)).ShouldBeOfType<DeployAnswer.Stopped>();
        service.Calls.Select(c => (c.Verb, c.Status)).ShouldBe([("submit", 201), ("submit", 200), ("look", 200), ("stop", 200)]);
    }

    [Fact]
    public async Task Says_how_an_operation_ended()
    {
        await using var service = await FakeDeployService.StartAsync();
        service.For("bad").Outcomes(DeployOutcome.Failure("ImagePullBackOff"));
        await using var client = Client(service.BaseUrl, service.ApiKey);

        (await client.Service.Submit(Operation("good"), default)).ShouldBeOfType<DeployAnswer.Succeeded>();
        (await client.Service.Submit(Operation("bad"), default)).ShouldBe(new DeployAnswer.Failed("ImagePullBackOff: bad: ImagePullBackOff"));
        (await client.Service.Look(Operation("unknown"), default)).ShouldBeOfType<DeployAnswer.Unknown>();
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
        await using var client = Client(service.BaseUrl, service.ApiKey);

        (await client.Service.Submit(Operation("api"), default)).ShouldBe(new DeployAnswer.Transient($"the deploy service answered {status}"));
        (await client.Service.Submit(Operation("api"), default)).ShouldBeOfType<DeployAnswer.Succeeded>();
    }

    [Fact]
    public async Task That_is_busy_says_how_long_to_wait()
    {
        await using var service = await FakeDeployService.StartAsync();
        service.For("api").Answers(SubmitAnswer.Busy(TimeSpan.FromSeconds(17)));
        await using var client = Client(service.BaseUrl, service.ApiKey);

        (await client.Service.Submit(Operation("api"), default)).ShouldBe(new DeployAnswer.Transient("the deploy service answered 429", TimeSpan.FromSeconds(17)));
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
        await using var client = Client(service.BaseUrl, service.ApiKey);

        (await client.Service.Submit(Operation("api"), default)).ShouldBeOfType<DeployAnswer.Failed>().Reason.ShouldStartWith($"the deploy service refused with {status}: ");
    }

    [Fact]
    public async Task With_another_key_refuses_and_the_key_is_told_to_nobody()
    {
        await using var service = await FakeDeployService.StartAsync();
        await using var client = Client(service.BaseUrl, "not-the-key-of-the-service");

        var answer = (await client.Service.Submit(Operation("api"), default)).ShouldBeOfType<DeployAnswer.Failed>();

        answer.Reason.ShouldContain("401");
        answer.Reason.ShouldNotContain("not-the-key-of-the-service");
    }

    [Fact]
    public async Task That_never_answers_is_given_up_in_time()
    {
        await using var service = await FakeDeployService.StartAsync();
        service.For("api").Answers(SubmitAnswer.NeverAnswer);
        await using var client = Client(service.BaseUrl, service.ApiKey);

        (await client.Service.Submit(Operation("api"), default)).ShouldBe(new DeployAnswer.Transient("the deploy service did not answer in time"));
        (await client.Service.Submit(Operation("api"), default)).ShouldBeOfType<DeployAnswer.Succeeded>("it had been accepted, and the id finds it");
    }

    [Fact]
    public async Task That_drops_the_connection_is_asked_again()
    {
        await using var service = await FakeDeployService.StartAsync();
        service.For("api").Answers(SubmitAnswer.AcceptThenDrop);
        await using var client = Client(service.BaseUrl, service.ApiKey);

        (await client.Service.Submit(Operation("api"), default)).ShouldBeOfType<DeployAnswer.Transient>().Reason.ShouldStartWith("the deploy service cannot be reached");
        (await client.Service.Submit(Operation("api"), default)).ShouldBeOfType<DeployAnswer.Succeeded>();
        service.Operations.Count.ShouldBe(1);
    }

    [Fact]
    public async Task That_is_not_there_is_asked_again()
    {
        await using var client = Client(new Uri($"http://127.0.0.1:{Testing.FreePort.Next()}"), "key");

        (await client.Service.Submit(Operation("api"), default)).ShouldBeOfType<DeployAnswer.Transient>().Reason.ShouldStartWith("the deploy service cannot be reached");
    }

    [Theory]
    [InlineData(200, "application/json", "{\"phase\": ", "cannot be read")]
    [InlineData(200, "application/json", "[]", "cannot be read")]
    [InlineData(200, "application/json", "null", "unknown phase")]
    [InlineData(200, "application/json", "{\"operationId\":\"x\",\"phase\":\"dancing\"}", "unknown phase 'dancing'")]
    [InlineData(200, "text/html", "<html>Welcome to the proxy</html>", "cannot be read")]
    [InlineData(200, "application/json", "", "cannot be read")]
    public async Task That_talks_nonsense_is_asked_again(int status, string type, string body, string reason)
    {
        await using var odd = await OddService.Start(async http =>
        {
            http.Response.StatusCode = status;
            http.Response.ContentType = type;
            await http.Response.WriteAsync(body);
        });
        await using var client = Client(odd.Address, "key");

        var answer = (await client.Service.Submit(Operation("api"), default)).ShouldBeOfType<DeployAnswer.Transient>();

        answer.Reason.ShouldContain(reason);
        answer.Reason.ShouldNotContain("proxy");
    }

    [Fact]
    public async Task That_sends_without_end_is_not_read_to_the_end()
    {
        await using var odd = await OddService.Start(async http =>
        {
            http.Response.ContentType = "application/json";
            var block = new byte[64 * 1024];
            Array.Fill(block, (byte)' ');
            while (!http.RequestAborted.IsCancellationRequested)
                await http.Response.Body.WriteAsync(block, http.RequestAborted);
        });
        await using var client = Client(odd.Address, "key");

        (await client.Service.Submit(Operation("api"), default)).ShouldBeOfType<DeployAnswer.Transient>();
    }

    [Fact]
    public async Task That_redirects_is_not_followed_and_the_key_goes_nowhere_else()
    {
        var elsewhere = 0;
        await using var other = await OddService.Start(_ =>
        {
            Interlocked.Increment(ref elsewhere);
            return Task.CompletedTask;
        });
        await using var odd = await OddService.Start(http =>
        {
            http.Response.Redirect(other.Address.ToString(), permanent: false, preserveMethod: true);
            return Task.CompletedTask;
        });
        await using var client = Client(odd.Address, "key");

        (await client.Service.Submit(Operation("api"), default)).ShouldBe(new DeployAnswer.Failed("the deploy service answered 307; redirects are not followed, mend core:k8s:base_url"));
        elsewhere.ShouldBe(0);
    }

    [Fact]
    public async Task That_fails_again_and_again_is_left_alone_for_a_while_and_that_is_no_try()
    {
        await using var service = await FakeDeployService.StartAsync();
        service.Down = true;
        await using var client = Client(service.BaseUrl, service.ApiKey);
        var answers = new List<DeployAnswer>();

        for (var i = 0; i < 30; i++)
            answers.Add(await client.Service.Look(Operation("api"), default));

        answers.Take(10).ShouldAllBe(a => a is DeployAnswer.Transient);
        answers.Skip(10).ShouldAllBe(a => a is DeployAnswer.NotSent);
        answers.OfType<DeployAnswer.NotSent>().ShouldAllBe(a => a.RetryAfter >= TimeSpan.FromSeconds(1) && a.RetryAfter <= TimeSpan.FromSeconds(5));
        service.Calls.Count.ShouldBe(10);
    }

    /// <summary>Refusals are answers: they must not keep other applications from being deployed.</summary>
    [Fact]
    public async Task That_refuses_much_is_still_asked()
    {
        await using var service = await FakeDeployService.StartAsync();
        service.DefaultAnswer = _ => SubmitAnswer.Refuse(422);
        await using var client = Client(service.BaseUrl, service.ApiKey);

        for (var i = 0; i < 30; i++)
            (await client.Service.Submit(Operation($"app{i}"), default)).ShouldBeOfType<DeployAnswer.Failed>();
    }

    private static HttpClientHolder Client(Uri address, string key)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["core:deploy:driver"] = "http",
            ["core:k8s:base_url"] = address.ToString(),
            ["core:k8s:api_key"] = key,
            ["core:k8s:call_timeout"] = "2s"
        }).Build();
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<IConfiguration>(configuration);
        services.AddCore(configuration, []);
        return new HttpClientHolder(services.BuildServiceProvider());
    }

    private static Deployment Operation(string application)
    {
        var target = new ApplicationTarget
        {
            Stage = Stage.Pre,
            Cluster = "staging",
            Namespace = "shop",
            WorkloadKind = "Deployment",
            WorkloadName = application,
            Container = "app",
            Strategy = "canary",
            StrategySettings = """{"weight":20}"""
        };
        var started = new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);
        return new Deployment
        {
            OperationId = $"b1-{application}-pre-1-0123456789ab",
            BatchId = 1,
            Application = application,
            Stage = Stage.Pre,
            Cluster = "staging",
            Attempt = 1,
            Image = $"registry.example/{application}:1.0.1",
            Target = JsonSerializer.Serialize(SealedTarget.Read(SealedTarget.Write([target]))[0], JsonSerializerOptions.Web),
            StartedAt = started,
            DeadlineAt = started.AddMinutes(10)
        };
    }

    private sealed class HttpClientHolder(ServiceProvider services) : IAsyncDisposable
    {
        public IDeployService Service { get; } = services.GetRequiredService<IDeployService>();

        public ValueTask DisposeAsync() => services.DisposeAsync();
    }

    /// <summary>Answers every request with what the test wants.</summary>
    private sealed class OddService : IAsyncDisposable
    {
        private readonly WebApplication _app;

        private OddService(WebApplication app, Uri address) => (_app, Address) = (app, address);

        public Uri Address { get; }

        public static async Task<OddService> Start(RequestDelegate answer)
        {
            var address = new Uri($"http://127.0.0.1:{Testing.FreePort.Next()}/");
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls(address.ToString());
            var app = builder.Build();
            app.Run(answer);
            await app.StartAsync();
            return new OddService(app, address);
        }

        public async ValueTask DisposeAsync() => await _app.DisposeAsync();
    }
}
