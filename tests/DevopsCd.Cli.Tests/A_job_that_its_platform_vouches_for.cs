using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace DevopsCd.Cli.Tests;

public sealed class A_job_that_its_platform_vouches_for
{
    private const string Caller = """{"subject":"workload:shop","operator":"workload:shop","groups":[],"permissions":[]}""";

    [Fact]
    public async Task On_GitHub_asks_for_a_token_of_this_audience_and_keeps_it_nowhere()
    {
        var (asked, seen, issued) = (new List<string>(), new List<string>(), 0);
        await using var platform = await FakeService.StartAsync((_, context) =>
        {
            asked.Add($"{context.Request.Headers.Authorization} {context.Request.QueryString}");
            return context.Response.WriteAsJsonAsync(new { value = Token(TimeSpan.FromMinutes(5), ++issued) });
        });
        await using var service = await ServiceAsync(seen);
        using var cli = new Cli().With("ACTIONS_ID_TOKEN_REQUEST_URL", $"{platform.Address}?api-version=2")
            .With("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "the runner's secret");

        var login = await cli.RunAsync("login", service.Address.ToString(), "--workload", "--audience", "https://cd.example");
        await cli.DoAsync("whoami");
        // The job names the service, too: it is known there as it has logged in.
        await cli.With("DEVOPSCD_SERVER", service.Address.ToString()).DoAsync("whoami");

        asked.ShouldBe(Enumerable.Repeat("Bearer the runner's secret ?api-version=2&audience=https%3A%2F%2Fcd.example", 3));
        seen.ShouldBe([.. Enumerable.Range(1, 3).Select(n => $"Bearer {Token(TimeSpan.FromMinutes(5), n)}")]);
        var kept = await File.ReadAllTextAsync(cli.ConfigPath, TestContext.Current.CancellationToken);
        kept.ShouldNotContain(Token(TimeSpan.FromMinutes(5), 1));
        login.Error.ShouldContain("workload:shop");
    }

    [Fact]
    public async Task On_GitHub_gets_another_when_the_first_is_nearly_over_and_not_before()
    {
        var (lives, seen) = (new Queue<TimeSpan>([TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(5)]), new List<string>());
        await using var platform = await FakeService.StartAsync((n, context) =>
            context.Response.WriteAsJsonAsync(new { value = Token(lives.Dequeue(), n) }));
        await using var service = await ServiceAsync(seen);
        using var cli = new Cli().With("ACTIONS_ID_TOKEN_REQUEST_URL", platform.Address.ToString()).With("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "x");
        await cli.DoAsync("login", service.Address.ToString(), "--workload");

        // Two calls each: who may see bindings, and what there is.
        await cli.DoAsync("export", "--kind", "Project", "--kind", "Freeze");

        seen.Distinct().Count().ShouldBe(3);
    }

    [Fact]
    public async Task Elsewhere_takes_it_from_a_variable_or_a_file()
    {
        var seen = new List<string>();
        await using var service = await ServiceAsync(seen);
        using var cli = new Cli();
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "of-kubernetes\n", TestContext.Current.CancellationToken);

        var without = await cli.RunAsync("login", service.Address.ToString(), "--workload");
        await cli.With("DEVOPSCD_ID_TOKEN_FILE", file).DoAsync("login", service.Address.ToString(), "--workload");
        await cli.With("DEVOPSCD_ID_TOKEN", "of-gitlab").DoAsync("whoami");

        File.Delete(file);
        without.Exit.ShouldBe(ExitCodes.NotAllowed);
        without.Error.ShouldContain("id-token: write");
        without.Error.ShouldContain($"aud: {service.Address.ToString().TrimEnd('/')}");
        seen.ShouldBe(["Bearer of-kubernetes", "Bearer of-gitlab"]);
    }

    private static Task<FakeService> ServiceAsync(List<string> seen) => FakeService.StartAsync((_, context) =>
    {
        seen.Add($"{context.Request.Headers.Authorization}");
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(context.Request.Path == "/api/v1/access/me" ? Caller : """{"items":[]}""");
    });

    private static string Token(TimeSpan life, int number)
    {
        var claims = JsonSerializer.Serialize(new { exp = s_now.Add(life).ToUnixTimeSeconds(), jti = number });
        return $"e30.{Convert.ToBase64String(Encoding.UTF8.GetBytes(claims)).TrimEnd('=').Replace('+', '-').Replace('/', '_')}.c2ln";
    }

    private static readonly DateTimeOffset s_now = TimeProvider.System.GetUtcNow();
}
