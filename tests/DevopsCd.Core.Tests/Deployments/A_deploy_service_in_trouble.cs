using DevopsCd.Core.Deployments;
using DevopsCd.Testing;
using DevopsCd.Testing.Fakes;
using Microsoft.AspNetCore.Http;

namespace DevopsCd.Core.Tests.Deployments;

/// <summary>The <c>http</c> driver and a service that is away, hangs or fails.</summary>
public sealed class A_deploy_service_in_trouble
{
    [Fact]
    public async Task That_never_answers_is_given_up_in_time()
    {
        await using var service = await FakeDeployService.StartAsync();
        service.For("api").Answers(SubmitAnswer.NeverAnswer);
        await using var client = new DeployClient(service.BaseUrl, service.ApiKey);

        var late = client.Service.SubmitAsync(DeployClient.Operation("api"), default);
        await Eventually.IsTrue(() => Task.FromResult(service.Operations.Count == 1), "the service has accepted it");
        client.Clock.Advance(DeployClient.CallTimeout);

        (await late).ShouldBe(new DeployAnswer.Transient("the deploy service did not answer in time"));
        (await client.Service.SubmitAsync(DeployClient.Operation("api"), default)).ShouldBeOfType<DeployAnswer.Succeeded>(
            "it had been accepted, and the id finds it");
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"operationId\":\"b1-api-pre-1-0123456789ab\",")]
    public async Task That_begins_to_answer_and_falls_silent_is_given_up_in_time(string beginning)
    {
        var asked = 0;
        await using var odd = await OddService.Start(async http =>
        {
            http.Response.ContentType = "application/json";
            await http.Response.WriteAsync(beginning);
            await http.Response.Body.FlushAsync();
            Interlocked.Increment(ref asked);
            await OddService.Forever(http.RequestAborted);
        });
        await using var client = new DeployClient(odd.Address, "key");

        foreach (var call in new Func<Task<DeployAnswer>>[]
            { () => client.Service.SubmitAsync(DeployClient.Operation("api"), default), () => client.Service.LookAsync(DeployClient.Operation("api"), default),
                () => client.Service.StopAsync(DeployClient.Operation("api"), default) })
        {
            var before = Volatile.Read(ref asked);
            var late = call();
            await Eventually.IsTrue(() => Task.FromResult(Volatile.Read(ref asked) > before), "the service has begun to answer");
            client.Clock.Advance(DeployClient.CallTimeout);

            (await late).ShouldBe(new DeployAnswer.Transient("the deploy service did not answer in time"));
        }
    }

    [Fact]
    public async Task That_drops_the_connection_is_asked_again()
    {
        await using var service = await FakeDeployService.StartAsync();
        service.For("api").Answers(SubmitAnswer.AcceptThenDrop);
        await using var client = new DeployClient(service.BaseUrl, service.ApiKey);

        (await client.Service.SubmitAsync(DeployClient.Operation("api"), default)).ShouldBeOfType<DeployAnswer.Transient>().Reason.ShouldStartWith(
            "the deploy service cannot be reached");
        (await client.Service.SubmitAsync(DeployClient.Operation("api"), default)).ShouldBeOfType<DeployAnswer.Succeeded>();
        service.Operations.Count.ShouldBe(1);
    }

    [Fact]
    public async Task That_is_not_there_is_asked_again()
    {
        await using var client = new DeployClient(new Uri($"http://127.0.0.1:{Testing.FreePort.Next()}"), "key");

        (await client.Service.SubmitAsync(DeployClient.Operation("api"), default)).ShouldBeOfType<DeployAnswer.Transient>().Reason.ShouldStartWith(
            "the deploy service cannot be reached");
    }

    [Fact]
    public async Task That_fails_again_and_again_is_left_alone_for_a_while_and_that_is_no_try()
    {
        await using var service = await FakeDeployService.StartAsync();
        service.Down = true;
        await using var client = new DeployClient(service.BaseUrl, service.ApiKey);
        var answers = new List<DeployAnswer>();

        for (var i = 0; i < 30; i++)
            answers.Add(await client.Service.LookAsync(DeployClient.Operation("api"), default));

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
        await using var client = new DeployClient(service.BaseUrl, service.ApiKey);

        for (var i = 0; i < 30; i++)
            (await client.Service.SubmitAsync(DeployClient.Operation($"app{i}"), default)).ShouldBeOfType<DeployAnswer.Refused>();
    }

    /// <summary>Calls for one cluster that hang fill the places of that cluster, and a circuit that they break is that cluster's.</summary>
    [Fact]
    public async Task That_hangs_for_one_cluster_is_asked_for_the_others()
    {
        var hanging = 0;
        await using var odd = await OddService.Start(async http =>
        {
            if (http.Request.Path.Value!.Contains("slow", StringComparison.Ordinal))
            {
                Interlocked.Increment(ref hanging);
                await OddService.Forever(http.RequestAborted);
            }
            await http.Response.WriteAsJsonAsync(new { operationId = http.Request.Path.Value.Split('/')[^1], phase = "progressing" });
        });
        await using var client = new DeployClient(odd.Address, "key");

        var slow = await Hang(40);
        (await client.Service.LookAsync(DeployClient.Operation("api", "west"), default)).ShouldBeOfType<DeployAnswer.Progressing>();
        client.Clock.Advance(DeployClient.CallTimeout);
        var answers = await Task.WhenAll(slow);
        var again = await Hang(DeployCalls.Places);
        client.Clock.Advance(DeployClient.CallTimeout);
        await Task.WhenAll(again);

        answers.OfType<DeployAnswer.Transient>().Count().ShouldBe(DeployCalls.Places);
        answers.OfType<DeployAnswer.NotSent>().Count().ShouldBe(40 - DeployCalls.Places);
        (await client.Service.LookAsync(DeployClient.Operation("slow", "east"), default)).ShouldBeOfType<DeployAnswer.NotSent>("this circuit is broken");
        (await client.Service.LookAsync(DeployClient.Operation("api", "west"), default)).ShouldBeOfType<DeployAnswer.Progressing>();

        async Task<List<Task<DeployAnswer>>> Hang(int calls)
        {
            var before = Volatile.Read(ref hanging);
            var waiting = Enumerable.Range(0, calls).Select(_ => client.Service.LookAsync(DeployClient.Operation("slow", "east"), default)).ToList();
            await Eventually.IsTrue(() =>
                Task.FromResult(Volatile.Read(ref hanging) == before + DeployCalls.Places && waiting.Count(w => w.IsCompleted) == calls - DeployCalls.Places),
                "every place is taken by a call that hangs, and the others are answered");
            return waiting;
        }
    }
}
