using System.Net;
using System.Net.Sockets;
using System.Text;

namespace DevopsCd.Host.Tests.Api;

public sealed class Hostile_requests(ApiHost host)
{
    [Theory]
    [InlineData("application/json; charset=gbk")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData("application/json; charset=nonsense")]
    public async Task Are_told_that_JSON_is_UTF_8(string type)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes("{\"name\":\"x\"}"));
        content.Headers.TryAddWithoutValidation("Content-Type", type);

        (await host.Post("/api/v1/applications", content)).ShouldExplain(HttpStatusCode.UnsupportedMediaType, "UTF-8");
    }

    [Theory]
    [InlineData("/api/v1/applications", "{\"name\":\"a\",\"name\":\"b\"}", HttpStatusCode.BadRequest)]
    [InlineData("/api/v1/applications", "{\"Name\":\"a\"}", HttpStatusCode.BadRequest)]
    [InlineData("/api/v1/batches/1/events/cancel", "{\"Reason\":\"wrong case\"}", HttpStatusCode.BadRequest)]
    [InlineData("/api/v1/batches/1/events/cancel", "{\"reason\":\"\\ud800\"}", HttpStatusCode.UnprocessableEntity)]
    [InlineData("/api/v1/parked/1/replay", "{\"body\":{\"x\":[{\"y\":\"\\udfff\"}]}}", HttpStatusCode.UnprocessableEntity)]
    [InlineData("/api/v1/parked/1/replay", "{\"body\":{\"\\ud800\":1}}", HttpStatusCode.BadRequest)]
    [InlineData("/api/v1/intake/try", "{\"source\":\"github\",\"body\":\"\\ud800\"}", HttpStatusCode.UnprocessableEntity)]
    public async Task Are_answered_by_what_is_wrong_with_their_body(string path, string body, HttpStatusCode status) =>
        (await host.Post(path, Json(body))).ShouldBeProblem(status).Detail.Length.ShouldBeGreaterThan(10);

    [Theory]
    [InlineData("{\"type\":\"canary\",\"deep\":[{\"x\":\"\\ud800\"}]}")]
    [InlineData("{\"type\":\"canary\",\"\\udc00\":1}")]
    [InlineData("{\"type\":\"canary\",\"twice\":1,\"twice\":2}")]
    public async Task Store_no_setting_that_no_string_can_hold(string strategy)
    {
        var app = await host.Application();

        var reply = await host.Send(HttpMethod.Put, $"/api/v1/applications/{app}/targets/pre/c1",
            Json($$"""{"namespace":"x","workload":{"kind":"Deployment","name":"x"},"strategy":{{strategy}}}"""));

        ((int)reply.Status).ShouldBeInRange(400, 422, reply.Text);
    }

    [Fact]
    public async Task Hear_what_is_wrong_with_a_chunk_that_is_too_large_for_a_number()
    {
        var answer = await Talk(
            $"POST /api/v1/applications HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Operator: ann\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n{{}}\r\n");

        answer.ShouldStartWith("HTTP/1.1 400");
    }

    [Theory]
    [InlineData("/api/v1/applications", "401")]
    [InlineData("/api/v1/nowhere", "404")]
    public async Task Are_refused_before_their_body_has_come(string path, string status)
    {
        var answer = await Talk(
            $"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Operator: engine\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n{{");

        answer.ShouldStartWith($"HTTP/1.1 {status}");
    }

    [Fact]
    public async Task Are_not_waited_for_when_a_body_comes_by_drops()
    {
        var answer = await Talk(
            "POST /api/v1/applications HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Operator: ann\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{");

        answer.ShouldStartWith("HTTP/1.1 408");
    }

    /// <summary>What comes back, before anything more is sent.</summary>
    private async Task<string> Talk(string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(host.Http.BaseAddress!.Host, host.Http.BaseAddress.Port, TestContext.Current.CancellationToken);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), TestContext.Current.CancellationToken);
        var buffer = new byte[4096];
        var read = await stream.ReadAsync(buffer, TestContext.Current.CancellationToken);
        return Encoding.UTF8.GetString(buffer, 0, read);
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");
}
