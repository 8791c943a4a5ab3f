using System.Net;
using System.Net.Sockets;
using System.Text;
using DevopsCd.Host.Tests.Api;

namespace DevopsCd.Host.Tests.Access;

public sealed class A_host_without_login(ApiHost host)
{
    [Theory]
    [InlineData("localhost")]
    [InlineData("LocalHost:5080")]
    [InlineData("127.0.0.1")]
    [InlineData("127.8.9.10:80")]
    [InlineData("[::1]:5080")]
    public async Task Answers_for_names_of_this_machine(string name) =>
        (await Talk($"GET /api/v1/batches HTTP/1.1\r\nHost: {name}\r\n\r\n")).ShouldStartWith("HTTP/1.1 200");

    [Theory]
    [InlineData("rebound.attacker.example")]
    [InlineData("rebound.attacker.example:5080")]
    [InlineData("localhost.attacker.example")]
    [InlineData("127.0.0.1.nip.io")]
    [InlineData("localhost.")]
    [InlineData("0.0.0.0")]
    [InlineData("2130706433")]
    [InlineData("192.168.1.7")]
    [InlineData("[::ffff:192.168.1.7]")]
    public async Task Answers_for_no_other_name_whatever_leads_here(string name)
    {
        foreach (var path in (string[])["/api/v1/batches", "/health/ready", "/metrics", "/openapi/v1.json", "/nowhere"])
        {
            var answer = await Talk($"GET {path} HTTP/1.1\r\nHost: {name}\r\n\r\n");

            answer.ShouldStartWith("HTTP/1.1 421");
            answer.ShouldContain("core:auth:mode is local");
            answer.ShouldContain("urn:devopscd:misdirected");
        }
    }

    [Theory]
    [InlineData("Origin", "https://attacker.example")]
    [InlineData("Origin", "null")]
    [InlineData("Origin", "http://localhost:1")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    public async Task Takes_nothing_that_another_site_makes_a_browser_send(string header, string value)
    {
        var name = ApiHost.Name();

        foreach (var by in (string?[])[null, "ann"])
            (await host.Send(HttpMethod.Post, "/api/v1/applications", new { name }, by, (header, value))).ShouldExplain(HttpStatusCode.Forbidden,
                "another site");

        (await host.Get($"/api/v1/applications/{name}")).ShouldBeProblem(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Takes_what_its_own_pages_send()
    {
        var here = host.Http.BaseAddress!.GetLeftPart(UriPartial.Authority);

        foreach (var (header, value) in ((string, string)[])[("Origin", here), ("Sec-Fetch-Site", "same-origin")])
            (await host.Send(HttpMethod.Post, "/api/v1/applications", new { name = ApiHost.Name() }, "ann", (header, value))).Status.ShouldBe(
                HttpStatusCode.Created);
    }

    [Fact]
    public async Task Knows_people_by_the_header_and_else_by_their_account_on_the_machine()
    {
        async Task<string?> Initiator(string? by) =>
            (await host.Send(HttpMethod.Post, "/api/v1/batches", new { title = "x", releases = new[] { new { application = await host.Application() } } }, by))
            .Json.GetProperty("initiator").GetString();

        (await Initiator("bob")).ShouldBe("bob");
        (await Initiator(null)).ShouldBe(Environment.UserName);
    }

    [Theory]
    [InlineData("/api/v1/batches")]
    [InlineData("/api/v1/nowhere")]
    [InlineData("/health/live")]
    [InlineData("/openapi/v1.json")]
    public async Task Tells_browsers_to_do_nothing_with_its_answers(string path)
    {
        using var answer = await host.Http.GetAsync(path, TestContext.Current.CancellationToken);

        string Header(string name) => answer.Headers.GetValues(name).ShouldHaveSingleItem();
        Header("Content-Security-Policy").ShouldContain("default-src 'none'");
        Header("Content-Security-Policy").ShouldContain("frame-ancestors 'none'");
        Header("X-Content-Type-Options").ShouldBe("nosniff");
        Header("Referrer-Policy").ShouldBe("same-origin");
    }

    private async Task<string> Talk(string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(host.Http.BaseAddress!.Host, host.Http.BaseAddress.Port, TestContext.Current.CancellationToken);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request.Replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n", StringComparison.Ordinal)),
            TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }
}
