using DevopsCd.Testing;
using Microsoft.AspNetCore.Http;

namespace DevopsCd.Cli.Tests;

public sealed class A_service_in_trouble
{
    private const string Accepted = """{"batchId":1,"event":"approve","from":0,"to":5,"fromName":"PendingApproval","toName":"Approved","version":1}""";

    [Theory]
    [InlineData(503)]
    [InlineData(429)]
    [InlineData(502)]
    [InlineData(0)]
    public async Task Is_asked_again_under_the_same_key(int status)
    {
        await using var service = await FakeService.StartAsync((n, context) =>
        {
            if (n >= 3)
                return context.Response.WriteAsync(Accepted);
            if (status != 0)
                return FakeService.ProblemAsync(context, status);
            context.Abort();
            return Task.CompletedTask;
        });
        using var cli = new Cli(service.Address);

        var run = await cli.RunAsync("batch", "approve", "1", "--retry-for", "10m");

        run.Exit.ShouldBe(ExitCodes.Ok, run.Error);
        service.Requests.Count.ShouldBe(3);
        service.Requests.Select(r => r.Key).Distinct().Count().ShouldBe(1);
        service.Requests.First().Key.ShouldNotBeNullOrEmpty();
        run.Error.Split('\n').Count(line => line.Contains("trying again", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task Is_waited_for_while_it_still_decides_the_first_try()
    {
        await using var service = await FakeService.StartAsync((n, context) =>
            n == 1 ? FakeService.ProblemAsync(context, 504) : n == 2 ? FakeService.ProblemAsync(context, 409, "urn:devopscd:key-in-use")
                : context.Response.WriteAsync(Accepted));
        using var cli = new Cli(service.Address);

        (await cli.RunAsync("batch", "approve", "1", "--retry-for", "10m")).Exit.ShouldBe(ExitCodes.Ok);
    }

    [Fact]
    public async Task Is_given_up_in_time_with_6()
    {
        await using var service = await FakeService.StartAsync((_, context) => FakeService.ProblemAsync(context, 503));
        using var cli = new Cli(service.Address);

        var run = await cli.RunAsync("batch", "list", "--retry-for", "1ms");

        (run.Exit, run.Out).ShouldBe((ExitCodes.Unreachable, ""));
    }

    [Fact]
    public async Task Is_not_there_and_is_named_with_6()
    {
        using var cli = new Cli(new Uri($"http://127.0.0.1:{FreePort.Next()}"));

        var run = await cli.RunAsync("batch", "list", "--retry-for", "1ms");

        run.Exit.ShouldBe(ExitCodes.Unreachable);
        run.Error.ShouldContain("http://127.0.0.1:");
        run.Error.ShouldContain("cannot be reached");
    }

    [Fact]
    public async Task Makes_no_second_token_where_the_first_may_have_been_made()
    {
        await using var service = await FakeService.StartAsync((_, context) => FakeService.ProblemAsync(context, 504));
        using var cli = new Cli(service.Address);

        var run = await cli.RunAsync("token", "create", "pipeline", "--retry-for", "10m");

        (run.Exit, service.Requests.Count).ShouldBe((ExitCodes.Unreachable, 1));
        service.Requests.Single().Key.ShouldBeNull();
    }

    [Fact]
    public async Task Gets_the_key_and_the_version_that_were_named()
    {
        await using var service = await FakeService.StartAsync((_, context) => context.Response.WriteAsync(Accepted));
        using var cli = new Cli(service.Address);

        await cli.DoAsync("batch", "approve", "1", "--idempotency-key", "job-7", "--if-version", "3");

        service.Requests.Single().ShouldBe(("POST /api/v1/batches/1/events/approve", "job-7", "\"3\""));
    }

    [Theory]
    [InlineData(400, ExitCodes.Usage)]
    [InlineData(401, ExitCodes.NotAllowed)]
    [InlineData(403, ExitCodes.NotAllowed)]
    [InlineData(404, ExitCodes.Failed)]
    [InlineData(409, ExitCodes.Refused)]
    [InlineData(412, ExitCodes.Refused)]
    [InlineData(422, ExitCodes.Usage)]
    [InlineData(500, ExitCodes.Failed)]
    public async Task Ends_the_command_by_its_status(int status, int exit)
    {
        await using var service = await FakeService.StartAsync((_, context) => FakeService.ProblemAsync(context, status));
        using var cli = new Cli(service.Address);

        var run = await cli.RunAsync("batch", "list");

        (run.Exit, run.Out).ShouldBe((exit, ""));
    }

    [Fact]
    public async Task Is_told_from_something_else_that_answers()
    {
        await using var service = await FakeService.StartAsync((_, context) => context.Response.WriteAsync("<html>Welcome to nginx</html>"));
        using var cli = new Cli(service.Address);

        var run = await cli.RunAsync("batch", "list");

        run.Exit.ShouldBe(ExitCodes.Failed);
        run.Error.ShouldContain("not understood");
    }
}
