using System.Globalization;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DevopsCd.Testing;
using DevopsCd.Testing.Contracts;
using DevopsCd.Testing.Hosting;

namespace DevopsCd.Host.Tests.Api;

/// <summary>
/// Each status and problem type that contracts/openapi/host.json declares for a route is provoked on that route. A refusal that nothing here
/// provokes fails: either it is declared wrongly, or it is not tested.
/// </summary>
public sealed class Every_declared_refusal(RefusingHost host, AccessHost strict) : IClassFixture<RefusingHost>
{
    private const int Flood = 200;

    private static readonly object s_target = new { @namespace = "shop", workload = new { kind = "Deployment", name = "x" } };

    /// <summary>What a route takes when all is well, and what it takes when a field is wrong.</summary>
    private static readonly Dictionary<string, (object Good, object Wrong)> s_bodies = new()
    {
        ["CreateBatch"] = (new { title = "x", releases = new[] { new { application = "web-shop" } } }, new { title = "", releases = Array.Empty<object>() }),
        ["RaiseBatchEvent"] = (new { reason = "why not" }, new { reason = new string('x', 2001) }),
        ["RevertBatch"] = (new { title = "back" }, new { title = new string('x', 201) }),
        ["SplitBatch"] = (new { applications = new[] { "web-shop" } }, new { applications = Array.Empty<string>() }),
        ["ChangeRelease"] = (new { buildNumber = "1" }, new { buildNumber = "\0" }),
        ["CreateApplication"] = (new { name = "web-shop" }, new { name = "with space" }),
        ["PutTarget"] = (s_target, new { @namespace = "shop", workload = new { kind = "Toaster", name = "x" } }),
        ["ReportBuild"] = (CdApi.Build("web-shop", 2),
            new { application = "", buildNumber = "1", branch = "main", commitId = "c", imageName = "i", imageTag = "t", status = "success" }),
        ["ReportDeployment"] = (new { phase = "succeeded" }, new { phase = "succeeded", reason = "\0" }),
        ["TakeWebhook"] = (new { application = "web-shop" }, new { }),
        ["TryWebhook"] = (new { source = "github", body = new { } }, new { source = "nobody", body = new { } }),
        ["ReplayParked"] = (new { }, new { messageType = "\0" }),
        ["DiscardParked"] = (new { reason = "not needed" }, new { reason = "" }),
        ["DiscardOutgoing"] = (new { reason = "not needed" }, new { reason = "" }),
        ["ChangeBatch"] = (new { title = "x" }, new { title = new string('x', 201) }),
        ["AddReleases"] = (new { releases = new[] { new { application = "web-shop" } } }, new { releases = Array.Empty<object>() }),
        ["ChangeApplication"] = (new { appType = "x" }, new { repository = "javascript:alert(1)" }),
        ["PutProject"] = (new { }, new { concurrentApps = 0 }),
        ["PutFreeze"] = (new { reason = "inventory", from = "2099-01-01T00:00:00Z", to = "2099-01-02T00:00:00Z" }, new { reason = "inventory" }),
        ["ReportGateResult"] = (new { result = "passed" }, new { result = "perhaps" }),
        ["OverrideGate"] = (new { reason = "not needed" }, new { reason = "" }),
        ["AddBinding"] = (new { subject = "user:zoe", role = "viewer", project = "default" }, new { subject = "", role = "viewer", project = "default" }),
        ["LogIn"] = (new { name = RefusingHost.Person, password = "not the password" }, new { name = "", password = "" }),
        ["SetPassword"] = (new { token = "no link's", password = "not the password" }, new { token = "", password = "" }),
        ["BeginDeviceLogin"] = (new { client_id = "x" }, new { client_id = "" }),
        ["AskDeviceToken"] = (new { grant_type = "urn:ietf:params:oauth:grant-type:device_code", device_code = "a guess" }, new { grant_type = "password" }),
        ["CreateToken"] = (new { name = "x" }, new { name = "" }),
        ["InviteAccount"] = (new { name = "bob" }, new { name = "" }),
        ["TestNotification"] = (new { channel = RefusingHost.Channel }, new { channel = "\0" }),
    };

    public static TheoryData<string, int, string> Declared
    {
        get
        {
            var cases = new TheoryData<string, int, string>();
            foreach (var operation in OpenApiContract.Host.Operations)
                foreach (var (status, type) in operation.Refusals)
                    cases.Add(operation.Id, status, type[(type.LastIndexOf(':') + 1)..]);
            return cases;
        }
    }

    [Theory, MemberData(nameof(Declared))]
    public async Task Is_answered(string route, int status, string type)
    {
        var operation = OpenApiContract.Host.Operations.Single(o => o.Id == route);

        // Another case may just have used up the limit of this route.
        var (answered, problem) = await Eventually.Sees(() => Provoke(operation, type), answer => status == 429 || answer.Item1 != 429,
            "the route is not at its limit", TimeSpan.FromSeconds(60));

        (answered, problem).ShouldBe((status, $"urn:devopscd:{type}"));
    }

    private Task<(int, string?)> Provoke(OpenApiOperation route, string type) => (route.Id, type) switch
    {
        (_, "key-in-use") => Unanswered(route, Address(route)),
        (_, "login-required") => Send(route, Address(route), by: null, client: host.Closed),
        (_, "operator-not-taken") => Send(route, Address(route), client: host.Closed),
        (_, "token-in-address") => Send(route, And(Address(route), $"token={host.ApiToken}"), by: null, client: host.Closed),
        (_, "people-only") => Send(route, Address(route), by: null, client: host.Closed, headers: ("Authorization", $"Bearer {host.ApiToken}")),
        (_, "proxy-not-trusted") => Send(route, Address(route), by: null, client: host.Closed, headers: ("X-Forwarded-User", "ann")),
        ("AskDeviceToken", "device-login-open") => Send(route, Address(route), by: null, client: host.Closed),
        ("BeginDeviceLogin", "too-many-requests") => AnyOf(Flood / 2, () => Send(route, Address(route), by: null, client: host.Closed), 429),
        ("LogIn" or "SetPassword" or "CreateToken" or "BeginDeviceLogin" or "AskDeviceToken", "not-offered") => Send(route, Address(route)),
        ("LogIn", "login-failed") => Send(route, Address(route), by: null, client: host.Closed),
        ("LogIn", "code-needed") => Send(route, Address(route), JsonContent.Create(new
        {
            name = RefusingHost.Careful,
            password = Access.PasswordHost.Password
        }), by: null, client: host.Closed),
        ("LogIn" or "SetPassword", "too-many-requests") => AnyOf(Flood / 2, () => Send(route, Address(route), by: null, client: host.Closed), 429),
        ("SetPassword", "invitation-over") => Send(route, Address(route), by: null, client: host.Closed),
        ("RemoveAccount", "refused") =>
            Send(route, Fill(route, 1, RefusingHost.Root, Guid.Empty), by: null, client: host.Closed, headers: host.As(RefusingHost.Root)),
        ("PutProject", "not-found") => Send(route, Address(route), client: strict.Http, headers: (AccessHost.Who, "viewer@bank")),
        ("ChangeApplication", "refused") => Send(route, Address(route), JsonContent.Create(new { project = host.Application })),
        ("ChangeBatch" or "AddReleases" or "RemoveRelease" or "RemoveApplication", "refused") => Send(route, Address(route)),
        ("RemoveProject", "refused") => Send(route, Fill(route, 1, "default", Guid.Empty)),
        ("RemoveBinding", "not-found") => Send(route, And(route.Path, "subject=user:nobody&role=viewer&project=default")),
        ("RemoveBinding", "refused") => Send(route, And(route.Path, $"subject={RefusingHost.Configured}&role=viewer&project=*")),
        ("ExplainAccess", "not-found") => Send(route, And(route.Path, "subject=token:nobody")),
        (_, "unavailable") => Send(route, Address(route), client: host.Starting),
        (_, "unknown-parameter") => Send(route, And(Address(route), "surprise=1")),
        (_, "operator-required") => Send(route, Address(route), by: "engine"),
        (_, "misdirected") => Send(route, Address(route), headers: ("Host", "rebound.example")),
        // An application of another project: whoever may only view it lacks everything else.
        ("RemoveFreeze", "forbidden") => Forbidden(route),
        ("GetBatchEvidence", "forbidden") => Send(route, Address(route), client: strict.Http, headers: (AccessHost.Who, "viewer@*")),
        (_, "forbidden") => Send(route, Address(route), client: strict.Http, headers: (AccessHost.Who, route.Method == "GET" ? "ci@shop" : "viewer@*")),
        (_, "cross-site") => Send(route, Address(route), headers: ("Sec-Fetch-Site", "cross-site")),
        (_, "body-too-large") => Send(route, Address(route), Json(new string('x', 1024 * 1024 + 1))),
        (_, "body-too-slow") => Trickle(route),
        ("TakeWebhook", "json-required") => Send(route, Address(route), new StringContent("build=1", Encoding.UTF8, "text/plain")),
        (_, "json-required") => Send(route, Address(route), new StringContent("x", Encoding.UTF8, "text/plain")),
        (_, "unreadable") => route.TakesBody ? Send(route, Address(route), Json("{")) : Send(route, And(Address(route), $"{Parameter(route, text: false)}=many")),
        ("TestNotification", "not-found") => Send(route, Address(route), JsonContent.Create(new { channel = "another" })),
        ("FollowChanges", "not-found") => Send(route, And(route.Path, "batch=999999")),
        (_, "not-found") => Send(route, Missing(route)),
        (_, "changed") => Send(route, Address(route), headers: ("If-Match", "\"another\"")),
        (_, "invalid") when Parameter(route, text: true) is { } name => Send(route, And(Address(route), $"{name}=%00")),
        (_, "invalid") when s_bodies.TryGetValue(route.Id, out var body) => Send(route, Address(route), JsonContent.Create(body.Wrong)),
        (_, "invalid") => Send(route, Address(route), headers: ("If-Match", "no ETag")),
        ("TakeWebhook", "unauthorized") => Send(route, Address(route), headers: ("X-Intake-Token", "a guess")),
        ("TakeWebhook" or "TryWebhook", "too-many-requests") => AnyOf(Flood, () => Send(route, Address(route)), 429),
        ("TestNotification", "too-many-requests") => AnyOf(Flood / 10, () => Send(route, Address(route)), 429),
        ("TestNotification", "channel-refused") => AnyOf(1, () => Send(route, Address(route)), 502),
        ("Scan", "scan-running") => AnyOf(20, () => Send(route, Address(route)), 409),
        // The application is registered, it is in an open batch, that is sealed, and a test notice is not sent again.
        ("CreateApplication" or "CreateBatch" or "ChangeRelease" or "ResendNotification", "refused") => Send(route, Address(route)),
        ("RaiseBatchEvent" or "RevertBatch" or "SplitBatch" or "ReportGateResult" or "OverrideGate" or "RetryGate", "refused") => Send(route, Address(route)),
        ("ReplayParked", "decided-otherwise") => Send(route, At("parked", host.Parked("discarded"), "replay")),
        ("DiscardParked", "decided-otherwise") => Send(route, At("parked", host.Parked("replayed"), "discard")),
        ("ReplayParked", "still-wrong") => Send(route, At("parked", host.Parked(), "replay")),
        _ => throw new NotSupportedException($"nothing provokes {type} of {route}")
    };

    /// <summary>What is not there is forbidden to nobody.</summary>
    private async Task<(int, string?)> Forbidden(OpenApiOperation removal)
    {
        var put = OpenApiContract.Host.Operations.Single(o => o.Id == "PutFreeze");
        await Send(put, Address(put), client: strict.Http, headers: (AccessHost.Who, "admin@*"));
        return await Send(removal, Address(removal), client: strict.Http, headers: (AccessHost.Who, "viewer@*"));
    }

    private Task<(int, string?)> Unanswered(OpenApiOperation route, string address) =>
        Send(route, address, headers: ("Idempotency-Key", host.Unanswered(route.Method, address.Split('?')[0])));

    /// <summary>The address of what exists.</summary>
    private string Address(OpenApiOperation route) => route.Id switch
    {
        "GetBatch" or "ListBatchEvents" or "RaiseBatchEvent" or "ChangeRelease" or "ChangeBatch" or "AddReleases" or "RemoveRelease" or "WithdrawScheduledStart" => Filled(route, host.SealedBatch),
        "ShowParked" or "ReplayParked" or "DiscardParked" => Filled(route, host.Parked()),
        "GetNotification" or "ResendNotification" => Filled(route, host.TestNotice),
        "RemoveBinding" => And(route.Path, "subject=user:zoe&role=viewer&project=default"),
        "ExplainAccess" => And(route.Path, "subject=user:zoe"),
        _ => Filled(route, 1)
    };

    private string Filled(OpenApiOperation route, long id) => Fill(route, id, host.Application, RefusingHost.Outbox);

    private static string And(string address, string query) => $"{address}{(address.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{query}";

    private static string Missing(OpenApiOperation route) => Fill(route, 999_999, "nobody", Guid.Empty);

    private static string Fill(OpenApiOperation route, long id, string name, Guid outbox) => route.Path
        .Replace("{id}", id.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("{name}", name, StringComparison.Ordinal).Replace("{app}", name, StringComparison.Ordinal)
        .Replace("{stage}", "pre", StringComparison.Ordinal).Replace("{cluster}", "cluster-1", StringComparison.Ordinal)
        .Replace("{batchEvent}", "final_accept", StringComparison.Ordinal).Replace("{operationId}", "nobody", StringComparison.Ordinal)
        .Replace("{source}", RefusingHost.Source, StringComparison.Ordinal)
        .Replace("{outboxId}", $"{outbox}", StringComparison.Ordinal).Replace("{position}", "1", StringComparison.Ordinal);

    private static string At(string list, long id, string verb) => string.Create(CultureInfo.InvariantCulture, $"/api/v1/{list}/{id}/{verb}");

    private static string? Parameter(OpenApiOperation route, bool text) => route.Parameters.Where(p => (string?)p["in"] == "query")
        .Where(p => IsText(p["schema"]!) == text).Select(p => (string?)p["name"]).FirstOrDefault();

    /// <summary>What takes any text: a date is written as text, too.</summary>
    private static bool IsText(JsonNode schema) => schema["format"] is null && schema["type"]!.ToJsonString().Contains("string", StringComparison.Ordinal);

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    private async Task<(int, string?)> Send(
        OpenApiOperation route, string address, HttpContent? body = null, string? by = "ann", HttpClient? client = null,
            params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(route.Method), address);
        if (by is not null)
            request.Headers.Add("X-Operator", by);
        if (route.Id == "TakeWebhook" && headers.Length == 0)
            request.Headers.Add("X-Intake-Token", RefusingHost.Token);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        request.Content = body ?? (s_bodies.TryGetValue(route.Id, out var known) ? JsonContent.Create(known.Good) : null);
        using var answer = await (client ?? host.Http).SendAsync(request, TestContext.Current.CancellationToken);
        return ((int)answer.StatusCode, TypeOf(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
    }

    /// <summary>What depends on how much else goes on is asked several times at once until it is answered.</summary>
    private static async Task<(int, string?)> AnyOf(int atOnce, Func<Task<(int Status, string?)>> send, int wanted) =>
        await Eventually.Sees(async () => (await Task.WhenAll(Enumerable.Range(0, atOnce).Select(_ => send()))).MaxBy(a => a.Status == wanted),
            answer => answer.Status == wanted, string.Create(CultureInfo.InvariantCulture, $"an answer is {wanted}"), TimeSpan.FromSeconds(60));

    /// <summary>Ten seconds are the limit of a body: all routes are kept waiting at the same time, and each case awaits its own.</summary>
    private Task<(int, string?)> Trickle(OpenApiOperation route)
    {
        lock (host.Trickles)
        {
            if (host.Trickles.Count == 0)
            {
                foreach (var each in OpenApiContract.Host.Operations.Where(o => o.Refusals.Any(r => r.Status == 408)))
                    host.Trickles[each.Id] = Talk(each.Method, Address(each));
            }
            if (host.Trickles[route.Id] is { IsCompletedSuccessfully: true, Result.Item1: 429 })
                host.Trickles[route.Id] = Talk(route.Method, Address(route));
            return host.Trickles[route.Id];
        }
    }

    private async Task<(int, string?)> Talk(string method, string address)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(host.Http.BaseAddress!.Host, host.Http.BaseAddress.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"{method} {address} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Operator: ann\r\nX-Intake-Token: {RefusingHost.Token}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\nConnection: close\r\n\r\n{{"));
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
