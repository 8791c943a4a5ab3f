using System.Globalization;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Api;
using DevopsCd.DeployService.Tests.Support;
using DevopsCd.Testing;
using DevopsCd.Testing.Contracts;

namespace DevopsCd.DeployService.Tests;

/// <summary>
/// Each status and problem type that contracts/openapi/deploy-service.json declares for a route is provoked on that route. A refusal that
/// nothing here provokes fails: either it is declared wrongly, or it is not tested.
/// </summary>
public sealed class Every_declared_refusal(RefusingService service) : IClassFixture<RefusingService>
{
    private const int Flood = 60;

    public static TheoryData<string, int, string> Declared
    {
        get
        {
            var cases = new TheoryData<string, int, string>();
            foreach (var operation in OpenApiContract.DeployService.Operations)
                foreach (var (status, type) in operation.Refusals)
                    cases.Add(operation.Id, status, type[(type.LastIndexOf(':') + 1)..]);
            return cases;
        }
    }

    [Theory, MemberData(nameof(Declared))]
    public async Task Is_answered(string route, int status, string type)
    {
        var operation = OpenApiContract.DeployService.Operations.Single(o => o.Id == route);

        // Another case may just have used up the limit.
        var (answered, problem) = await Eventually.Sees(() => Provoke(operation, type), answer => status == 429 || answer.Item1 != 429,
            "the key is not at its limit", TimeSpan.FromSeconds(60));

        (answered, problem).ShouldBe((status, $"urn:devopscd:deploy:{type}"));
    }

    private Task<(int, string?)> Provoke(OpenApiOperation route, string type) => (route.Id, type) switch
    {
        (_, "key-needed") => Send(route, key: "a guess"),
        (_, "too-many-requests") => AnyOf(Flood, () => Send(route, "op-unheard-of", client: service.CutOff), 429),
        (_, "records-unavailable") => Send(route, "op-unheard-of", client: service.CutOff),
        (_, "body-too-large") => Send(route, body: Json(new string('x', 1024 * 1024 + 1))),
        (_, "body-too-slow") => Trickle(route),
        (_, "json-needed") => Send(route, body: new StringContent("x", Encoding.UTF8, "text/plain")),
        ("PromoteDeployment", "unreadable") => Send(route, query: "?full=perhaps"),
        (_, "unreadable") => Send(route, body: Json("{")),
        (_, "wrong-fields") => Send(route, body: Json("""{"operations":[],"surprise":1}""")),
        (_, "operation-unknown") => Send(route, "op-unheard-of"),
        ("PutDeployment", "out-of-scope") => Send(route, "op-new", key: RefusingService.OtherKey),
        ("PutDeployment", "same-id-other-body") => Send(route,
            body: JsonContent.Create(service.Good with { Image = "registry.example/app:other" }, options: Options)),
        ("PutDeployment", "operation-unreadable") => Send(route, RefusingService.Broken),
        ("PromoteDeployment", "operation-busy") => Send(route, RefusingService.Contended, "?full=true"),
        (_, "operation-busy") => Send(route, RefusingService.Contended),
        ("PromoteDeployment", "operation-ended") => Send(route, RefusingService.Failed),
        ("PromoteDeployment", "operation-returning") => Send(route, RefusingService.Returning),
        ("PromoteDeployment", "takes-no-promote") => Send(route, RefusingService.Underway),
        ("PromoteDeployment", "not-paused") => Send(route, RefusingService.AtStep),
        ("RollbackDeployment", "nothing-to-roll-back") => Send(route, RefusingService.Failed),
        ("RollbackDeployment", "workload-busy") => Send(route, RefusingService.Before),
        ("RollbackDeployment", "newer-operation") => Send(route, RefusingService.Older),
        _ => throw new NotSupportedException($"nothing provokes {type} of {route}")
    };

    private static JsonSerializerOptions Options => Kubernetes.Json.Options;

    private static string Address(OpenApiOperation route, string id) => route.Path.TrimStart('/').Replace("{operationId}", id, StringComparison.Ordinal);

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    private async Task<(int, string?)> Send(
        OpenApiOperation route, string id = RefusingService.Newest, string query = "", HttpContent? body = null, string? key = null, HttpClient? client = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(route.Method), Address(route, id) + query);
        if (key is not null)
            request.Headers.Add(ApiKeyAuthentication.Header, key);
        request.Content = body ?? (!route.TakesBody ? null
            : route.Id == "PutDeployment" ? JsonContent.Create(service.Good, options: Options)
            : JsonContent.Create(new DeployPreflightRequest { Operations = [service.Good] }, options: Options));
        using var answer = await (client ?? service.Http).SendAsync(request, TestContext.Current.CancellationToken);
        return ((int)answer.StatusCode, TypeOf(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
    }

    private static async Task<(int, string?)> AnyOf(int atOnce, Func<Task<(int Status, string?)>> send, int wanted) =>
        await Eventually.Sees(async () => (await Task.WhenAll(Enumerable.Range(0, atOnce).Select(_ => send()))).MaxBy(a => a.Status == wanted),
            answer => answer.Status == wanted, string.Create(CultureInfo.InvariantCulture, $"an answer is {wanted}"), TimeSpan.FromSeconds(60));

    private async Task<(int, string?)> Trickle(OpenApiOperation route)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(service.Strict.BaseAddress!.Host, service.Strict.BaseAddress.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"{route.Method} /{Address(route, "op-slow")} HTTP/1.1\r\nHost: localhost\r\n{ApiKeyAuthentication.Header}: {Given.Key}\r\n"
            + "Content-Type: application/json\r\nContent-Length: 1000\r\nConnection: close\r\n\r\n{"));
        using var reader = new StreamReader(stream);
        var answer = await reader.ReadToEndAsync();
        return (int.Parse(answer.Split(' ')[1], CultureInfo.InvariantCulture),
            TypeOf(answer[answer.IndexOf('{', StringComparison.Ordinal)..(answer.LastIndexOf('}') + 1)]));
    }

    private static string? TypeOf(string body)
    {
        if (body.Length == 0)
            return null;
        using var json = JsonDocument.Parse(body);
        return json.RootElement.TryGetProperty("type", out var type) ? type.GetString() : null;
    }
}
