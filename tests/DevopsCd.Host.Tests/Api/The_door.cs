using System.Net;
using DevopsCd.Core.Access;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Data;
using DevopsCd.Core.Notifications.Composing;
using DevopsCd.Core.Notifications.Delivery;
using DevopsCd.Host.Access;
using DevopsCd.Host.Api;
using DevopsCd.Testing.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Host.Tests.Api;

/// <summary>Who may do what, by the list of routes, the events' descriptors and the table of roles.</summary>
public sealed class The_door(AccessHost host)
{
    [Fact]
    public void Stands_in_front_of_every_route() => Routes()
        .Where(route => route.Metadata.GetMetadata<Requirement>() is null && route.Metadata.GetMetadata<ProvesItself>() is null)
            .Select(route => route.DisplayName).ShouldBeEmpty();

    [Fact]
    public void Knows_routes_that_need_no_right_by_name() => Routes().Where(route => route.Metadata.GetMetadata<ProvesItself>() is not null)
        .Select(route => route.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName).ShouldBe(
        ["TakeWebhook", "LogIn", "LogOut", "SetPassword", "BeginDeviceLogin", "AskDeviceToken", "ShowCaller", "CreateToken", "ListTokens", "RevokeToken"], ignoreOrder: true);

    /// <summary>They wait for their turn to hash, or for changes, as long as they have to: nobody else waits for that.</summary>
    [Fact]
    public void Keeps_no_place_for_who_waits_for_something_else_than_the_database() => Routes().Where(route => route.Metadata.GetMetadata<NeedsNoPlace>() is not null)
        .Select(route => route.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName).ShouldBe(["LogIn", "SetPassword", "FollowChanges"], ignoreOrder: true);

    [Fact]
    public async Task Lets_each_role_through_where_the_table_says_and_nowhere_else()
    {
        var wrong = new List<string>();
        foreach (var route in Routes().Where(r => r.Metadata.GetMetadata<Requirement>() is { Of: not (RightsOf.Body or RightsOf.Event) }))
            foreach (var role in Roles.BuiltIn)
                foreach (var where in (string[])["*", "shop", "bank"])
                {
                    var needed = route.Metadata.GetMetadata<Requirement>()!;
                    var expected = role.Permissions.Contains(needed.Permission)
                        && (where == "*" || (where == "shop" && needed.Of != RightsOf.Everything) || needed.Of == RightsOf.Listed);
                    if (await Passes(needed, $"{role.Name}@{where}") is var passes && passes != expected)
                        wrong.Add($"{route.DisplayName}: {role.Name} in {where} {(passes ? "passes" : "is refused")}");
                }

        wrong.ShouldBeEmpty();
    }

    /// <summary>What the handler checks, because the projects stand in the body or the query.</summary>
    [Fact]
    public async Task Lets_each_role_through_to_what_a_request_names_where_the_table_says_and_nowhere_else()
    {
        var requests = new Dictionary<string, (HttpMethod Method, string Path, object? Body)>
        {
            ["CreateBatch"] = (HttpMethod.Post, "/api/v1/batches", new { title = "x", project = "shop", releases = new[] { new { application = "shop-1" } } }),
            ["CreateApplication"] = (HttpMethod.Post, "/api/v1/applications", new { name = "shop-1", project = "shop" }),
            ["ReportBuild"] = (HttpMethod.Post, "/api/v1/builds", CdApi.Build("shop-1", 1)),
            ["AddBinding"] = (HttpMethod.Put, "/api/v1/access/bindings", new { subject = "user:matrix", role = "viewer", project = "shop" }),
            ["RemoveBinding"] = (HttpMethod.Delete, "/api/v1/access/bindings?subject=user:nobody&role=viewer&project=shop", null),
            ["ExplainAccess"] = (HttpMethod.Get, "/api/v1/access/explain?subject=user:nobody&project=shop", null),
            ["PutFreeze"] = (HttpMethod.Put, "/api/v1/freezes/matrix", new { reason = "x", projects = new[] { "shop" }, from = "2099-01-01T00:00:00Z", to = "2099-01-02T00:00:00Z" }),
            ["RemoveFreeze"] = (HttpMethod.Delete, "/api/v1/freezes/matrix", null),
            ["ReportGateResult"] = (HttpMethod.Post, $"/api/v1/gates/{host.Gate}/result", new { result = "passed" }),
            ["OverrideGate"] = (HttpMethod.Post, $"/api/v1/gates/{host.Gate}/override", new { reason = "x" }),
            ["RetryGate"] = (HttpMethod.Post, $"/api/v1/gates/{host.Gate}/retry", null)
        };
        string[] hidden = ["RemoveFreeze", "ReportGateResult", "OverrideGate", "RetryGate"];
        var routes = Routes().Where(r => r.Metadata.GetMetadata<Requirement>() is { Of: RightsOf.Body })
            .ToDictionary(r => r.Metadata.GetMetadata<IEndpointNameMetadata>()!.EndpointName, r => r.Metadata.GetMetadata<Requirement>()!.Permission);
        routes.Keys.ShouldBe(requests.Keys, ignoreOrder: true, "say here what such a request looks like");

        var wrong = new List<string>();
        foreach (var (name, request) in requests)
            foreach (var role in Roles.BuiltIn)
                foreach (var where in (string[])["*", "shop", "bank"])
                {
                    var expected = role.Permissions.Contains(routes[name]) && where != "bank";
                    // Of another version than there is: whoever gets so far as to be told has passed, and it stays for the next one.
                    var status = (await host.Send($"{role.Name}@{where}", request.Method, request.Path, request.Body,
                        name == "RemoveFreeze" ? [("If-Match", "\"another\"")] : [])).Status;
                    // Of what the asker may not see the answer is that it is not there.
                    if (expected == (status is HttpStatusCode.Forbidden or HttpStatusCode.UnprocessableEntity
                        || (hidden.Contains(name) && status is HttpStatusCode.NotFound)))
                        wrong.Add($"{name}: {role.Name} in {where} is answered {status}");
                }

        wrong.ShouldBeEmpty();
    }

    [Fact]
    public async Task Lets_each_role_raise_the_events_of_its_permissions_and_no_others()
    {
        await using var scope = host.Services.CreateAsyncScope();
        var door = scope.ServiceProvider.GetRequiredService<BatchDoor>();
        var (wrong, batch) = (new List<string>(), await Correlation("shop"));
        foreach (var type in BatchEventTypes.Moving)
            foreach (var role in Roles.BuiltIn)
                foreach (var where in (string[])["*", "shop", "bank"])
                    foreach (var subject in (Subject[])[AccessHost.Somebody($"{role.Name}@{where}"),
                        new Subject(SubjectKind.Amqp, "ci") { Grants = [new Grant(role.Name, where, "the test")] }])
                    {
                        var expected = type.Permission is not null && role.Permissions.Contains(type.Permission) && where != "bank";
                        if (await door.LookAsync(subject, type, batch, null, default) is var refused && refused is null != expected)
                            wrong.Add($"{type.Key}: {subject.Id} as {role.Name} in {where}: {refused?.Reason ?? "passes"}");
                    }

        wrong.ShouldBeEmpty();
    }

    [Fact]
    public async Task Refuses_an_event_with_what_is_missing_and_who_can_grant_it()
    {
        var reply = await host.Send("viewer@shop", HttpMethod.Post, $"/api/v1/batches/{host.Batches["shop"]}/events/approve");

        reply.Status.ShouldBe(HttpStatusCode.Forbidden);
        reply.Json.GetProperty("type").GetString().ShouldBe("urn:devopscd:forbidden");
        reply.Json.GetProperty("permission").GetString().ShouldBe("approve");
        reply.Json.GetProperty("projects")[0].GetString().ShouldBe("shop");
        reply.Json.GetProperty("detail").GetString()!.ShouldContain("can grant it");
        var rows = await Read(
            db => db.BatchEvents.Where(e => e.BatchId == host.Batches["shop"] && e.Outcome == EventOutcome.Denied && e.Event == "approve").ToListAsync());
        rows.ShouldNotBeEmpty();
        rows[^1].Subject.ShouldBe("user:somebody");
    }

    [Fact]
    public async Task Leaves_a_row_in_the_audit_for_every_other_refusal()
    {
        var reply = await host.Send("viewer@*", HttpMethod.Put, "/api/v1/applications/ledger/targets/pre/c9",
            new { @namespace = "x", workload = new { kind = "Deployment", name = "x" } });

        reply.Status.ShouldBe(HttpStatusCode.Forbidden);
        (await Read(db => db.Set<AccessEvent>().Where(e => e.Target == "PUT /api/v1/applications/ledger/targets/pre/c9").ToListAsync()))
            .ShouldHaveSingleItem().ShouldSatisfyAllConditions(
                row => row.Event.ShouldBe("denied"), row => row.Permission.ShouldBe("application.manage"), row => row.Project.ShouldBe("bank"),
                    row => row.Subject.ShouldBe("user:somebody"));
    }

    [Fact]
    public async Task Needs_the_right_in_each_project_that_a_batch_spans()
    {
        var path = $"/api/v1/batches/{host.Batches["both"]}/events/reject";

        (await host.Send("approver@shop viewer@bank", HttpMethod.Post, path)).ShouldSatisfyAllConditions(
            one => one.Status.ShouldBe(HttpStatusCode.Forbidden),
                one => one.Json.GetProperty("projects").EnumerateArray().Select(p => p.GetString()).ShouldBe(["bank"]));
        (await host.Send("approver@shop", HttpMethod.Post, path)).Status.ShouldBe(HttpStatusCode.NotFound);
        // Both rights: what is refused now is the missing reason.
        (await host.Send("approver@shop approver@bank", HttpMethod.Post, path)).Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
    }

    [Theory]
    [InlineData("/api/v1/batches/{bank}", "/api/v1/batches/999999")]
    [InlineData("/api/v1/batches/{both}/events", "/api/v1/batches/999999/events")]
    [InlineData("/api/v1/applications/ledger", "/api/v1/applications/nobody")]
    [InlineData("/api/v1/applications/ledger/targets/pre/cluster-1", "/api/v1/applications/nobody/targets/pre/cluster-1")]
    public async Task Hides_what_may_not_be_viewed_as_if_it_were_not_there(string hidden, string missing)
    {
        hidden = hidden.Replace("{bank}", $"{host.Batches["bank"]}", StringComparison.Ordinal).Replace("{both}", $"{host.Batches["both"]}",
            StringComparison.Ordinal);

        var (one, other) = (await host.Get("viewer@shop", hidden), await host.Get("viewer@shop", missing));

        (await host.Get("viewer@*", hidden)).Status.ShouldBe(HttpStatusCode.OK);
        (one.Status, one.Json.GetProperty("type").GetString()).ShouldBe((HttpStatusCode.NotFound, "urn:devopscd:not-found"));
        (other.Status, other.Json.GetProperty("type").GetString()).ShouldBe((HttpStatusCode.NotFound, "urn:devopscd:not-found"));
        Plain(one).ShouldBe(Plain(other), "the words must not tell the one from the other");

        static string Plain(Reply reply) =>
            System.Text.RegularExpressions.Regex.Replace(reply.Json.GetProperty("detail").GetString()!, "ledger|nobody|[0-9]+", "x");
    }

    /// <summary>However an address is written, it is the same thing that it names, or nothing.</summary>
    [Theory]
    [InlineData("//api/v1/applications/ledger")]
    [InlineData("/api/v1//applications/ledger")]
    [InlineData("/api/v1/applications//ledger")]
    [InlineData("/API/V1/Applications/ledger")]
    [InlineData("/api/v1/applications/LEDGER")]
    [InlineData("/api/v1/applications/%6cedger")]
    [InlineData("/api/v1/applications/ledger/")]
    [InlineData("/api/v1/applications/ledger%2f")]
    [InlineData("/api/v1/applications/shop-1/../ledger")]
    [InlineData("/api/v1/applications/shop-1%2f..%2fledger")]
    [InlineData("/api/v1/applications/ledger%00")]
    [InlineData("/api/v1/applications/ledger;a=b")]
    [InlineData("/api/v1/projects/BANK")]
    [InlineData("/api/v1/projects/%62ank")]
    [InlineData("/api/v1/projects/shop/../bank")]
    [InlineData("/api/v1/batches/0{bank}")]
    [InlineData("/api/v1/batches/+{bank}")]
    [InlineData("/api/v1/batches/{bank}/")]
    [InlineData("/api/v1/batches/{bank}/%65vents")]
    [InlineData("/api/v1//batches/{bank}/events/approve")]
    public async Task Is_passed_by_no_other_spelling_of_an_address(string path)
    {
        path = path.Replace("{bank}", $"{host.Batches["bank"]}", StringComparison.Ordinal);
        using var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync(host.Http.BaseAddress!.Host, host.Http.BaseAddress.Port, TestContext.Current.CancellationToken);
        var stream = client.GetStream();
        await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(
            $"{(path.EndsWith("approve", StringComparison.Ordinal) ? "POST" : "GET")} {path} HTTP/1.1\r\nHost: localhost\r\nX-Operator: somebody\r\n"
            + $"{AccessHost.Who}: admin@shop\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);

        var answer = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);

        answer.ShouldMatch("^HTTP/1.1 (400|403|404)");
        answer.ShouldNotContain("\"effective\"");
        answer.ShouldNotContain("of the bank");
    }

    [Theory]
    [InlineData("/api/v1/batches", "batchNumber")]
    [InlineData("/api/v1/applications", "name")]
    [InlineData("/api/v1/builds", "application")]
    public async Task Lists_what_may_be_viewed_and_nothing_else(string path, string named)
    {
        var (own, both) = (await Names("viewer@shop"), await Names("viewer@shop viewer@bank"));
        own.ShouldNotBeEmpty();
        own.ShouldBeSubsetOf(both);
        both.Count.ShouldBeGreaterThan(own.Count);
        (await host.Get("ci@shop", path)).Status.ShouldBe(HttpStatusCode.Forbidden);

        async Task<List<string>> Names(string roles) => [.. (await host.Get(roles, $"{path}?limit=200")).Json.GetProperty("items").EnumerateArray()
            .Select(item => item.GetProperty(named).GetString()!)];
    }

    /// <summary>Each list that there is, and each that comes.</summary>
    [Fact]
    public async Task Lets_no_list_show_what_belongs_to_a_project_of_others()
    {
        const string stranger = "user:clerk-of-the-bank", freeze = "year-end-of-the-bank";
        (await host.Send("admin@*", HttpMethod.Put, "/api/v1/access/bindings", new { subject = stranger, role = "viewer", project = "bank" })).Status.ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.Created);
        (await host.Send("admin@*", HttpMethod.Put, $"/api/v1/freezes/{freeze}",
            new { reason = "x", projects = new[] { "bank" }, from = "2099-01-01T00:00:00Z", to = "2099-01-02T00:00:00Z" })).Status.ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.Created);
        var number = await Read(db => db.Batches.Where(b => b.Id == host.Batches["bank"]).Select(b => b.BatchNumber).SingleAsync());
        await using (var scope = host.Services.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<CdDbContext>();
            var notice = Notice.ProductionReady(await db.Batches.SingleAsync(b => b.BatchNumber == number), DateTimeOffset.UnixEpoch, [], null);
            db.Add(new Notification
            {
                NoticeKey = notice.Key,
                Channel = "log",
                BatchId = host.Batches["bank"],
                Kind = notice.Kind,
                Payload = NoticeJson.Write(notice),
                Status = NotificationStatus.Sent
            });
            db.Add(new LiveVersion
            {
                Application = await db.Applications.SingleAsync(a => a.Name == "ledger"),
                Stage = Stages.All[0],
                Cluster = "vault",
                OperationId = "op-of-the-bank",
                BatchId = host.Batches["bank"],
                Image = "registry.example/ledger:1",
                Since = DateTimeOffset.UnixEpoch
            });
            await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        }
        string[] secrets = ["ledger", stranger, freeze, number, "\"bank\""];

        var lists = Routes().Where(r => r.Metadata.GetMetadata<Requirement>() is { Of: RightsOf.Listed } && r.Metadata.GetMetadata<Lasting>() is null)
            .Cast<RouteEndpoint>()
            .Select(r => $"/{r.RoutePattern.RawText!.Trim('/')}").Where(path => !path.Contains('{', StringComparison.Ordinal) && !path.EndsWith("/roles", StringComparison.Ordinal)).ToList();

        foreach (var path in lists)
        {
            var (own, all) = (await All("admin@shop", path), await All("admin@*", path));
            (own.Status, all.Status).ShouldBe((HttpStatusCode.OK, HttpStatusCode.OK), path);
            secrets.Where(secret => own.Text.Contains(secret, StringComparison.Ordinal)).ShouldBeEmpty(path);
            secrets.Any(secret => all.Text.Contains(secret, StringComparison.Ordinal)).ShouldBeTrue($"{path} has something to hide");
        }

        // Short lists have no pages.
        async Task<Reply> All(string roles, string path) =>
            await host.Get(roles, $"{path}?limit=200") is { Status: not HttpStatusCode.BadRequest } paged ? paged : await host.Get(roles, path);
    }

    [Fact]
    public async Task Takes_a_build_from_who_may_report_it()
    {
        (await host.Send("ci@bank", HttpMethod.Post, "/api/v1/builds", CdApi.Build("shop-1", 1))).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await host.Send("ci@shop", HttpMethod.Post, "/api/v1/builds", CdApi.Build("shop-1", 1))).Status.ShouldBe(HttpStatusCode.OK);
        (await host.Send("ci@shop", HttpMethod.Post, "/api/v1/builds", CdApi.Build("not-registered", 1))).Status.ShouldBe(HttpStatusCode.Forbidden,
            "it may be registered by another project one day");
    }

    [Fact]
    public async Task Does_not_say_whether_an_application_of_another_project_exists()
    {
        var (other, missing) = (await Create("ledger"), await Create("nobody"));

        other.Status.ShouldBe(missing.Status);
        other.Text.Replace("ledger", "nobody", StringComparison.Ordinal)[..200].ShouldBe(missing.Text[..200]);

        Task<Reply> Create(string application) =>
            host.Send("developer@shop", HttpMethod.Post, "/api/v1/batches", new { title = "x", project = "shop", releases = new[] { new { application } } });
    }

    /// <summary>R3: the number is for whoever may view the batch.</summary>
    [Fact]
    public async Task Does_not_tell_the_number_of_an_open_batch_that_may_not_be_viewed()
    {
        var number = await Read(db => db.Batches.Where(b => b.Id == host.Batches["both"]).Select(b => b.BatchNumber).SingleAsync());
        object wanted = new { title = "x", project = "shop", releases = new[] { new { application = "shop-2" } } };
        (HttpMethod Method, string Path, object? Body)[] requests =
        [
            (HttpMethod.Post, "/api/v1/batches", wanted),
            (HttpMethod.Post, $"/api/v1/batches/{host.Batches["shop"]}/releases", wanted),
            (HttpMethod.Patch, "/api/v1/applications/shop-2", new { project = "default" }),
            (HttpMethod.Delete, "/api/v1/applications/shop-2", null)
        ];

        foreach (var (method, path, body) in requests)
        {
            (await host.Send("admin@shop admin@default", method, path, body)).ShouldExplain(HttpStatusCode.Conflict, "shop-2 is in an open batch that you may not view")
                .Text.ShouldNotContain(number);
            (await host.Send("admin@*", method, path, body)).ShouldExplain(HttpStatusCode.Conflict, $"shop-2 is in open batch {number}");
        }
    }

    private IEnumerable<Endpoint> Routes() =>
        host.Services.GetRequiredService<EndpointDataSource>().Endpoints.Where(route => route.Metadata.GetMetadata<ApiRoute>() is not null);

    private async Task<bool> Passes(Requirement needed, string roles)
    {
        await using var scope = host.Services.CreateAsyncScope();
        var http = new DefaultHttpContext { RequestServices = scope.ServiceProvider };
        http.Request.RouteValues = new RouteValueDictionary
        {
            ["id"] = $"{(needed.Of == RightsOf.Build ? await Read(db => db.Builds.Where(b => b.ApplicationName == "shop-1").Select(b => b.Id).FirstAsync())
                : needed.Of == RightsOf.Notification ? host.Notice : host.Batches["shop"])}",
            ["name"] = needed.Of == RightsOf.Project ? "shop" : "shop-1",
            ["operationId"] = AccessHost.Operation
        };
        Caller.Is(http, AccessHost.Somebody(roles));
        try
        {
            await scope.ServiceProvider.GetRequiredService<Door>().PassAsync(http, needed);
            return true;
        }
        catch (BatchRefusedException refused) when (refused.Kind is RefusalKind.Denied or RefusalKind.NotFound)
        {
            return false;
        }
    }

    private Task<Guid> Correlation(string batch) => Read(db => db.Batches.Where(b => b.Id == host.Batches[batch]).Select(b => b.CorrelationId).SingleAsync());

    private async Task<T> Read<T>(Func<CdDbContext, Task<T>> query)
    {
        await using var scope = host.Services.CreateAsyncScope();
        return await query(scope.ServiceProvider.GetRequiredService<CdDbContext>());
    }
}
