using System.Net.Http.Json;
using DevopsCd.Core;
using DevopsCd.Core.Access;
using DevopsCd.Core.Configuration;
using DevopsCd.Core.Data;
using DevopsCd.Core.Gates;
using DevopsCd.Core.Notifications.Composing;
using DevopsCd.Core.Notifications.Delivery;
using DevopsCd.Core.Policies;
using DevopsCd.Host.Access;
using DevopsCd.Host.Api;
using DevopsCd.Host.Broker;
using DevopsCd.Host.Starting;
using DevopsCd.Host.Tests.Api;
using DevopsCd.Shared;
using DevopsCd.Testing;
using DevopsCd.Testing.Hosting;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

[assembly: AssemblyFixture(typeof(AccessHost))]

namespace DevopsCd.Host.Tests.Api;

/// <summary>
/// The host in this process, where a request says which roles its sender has: how somebody is known is tested elsewhere. Two projects, <c>shop</c>
/// and <c>bank</c>, each with an application that has a build and targets, and three batches: one of each, and one that spans both.
/// </summary>
public sealed class AccessHost : IAsyncLifetime
{
    /// <summary>The header with the sender's roles: <c>role@project</c>, several separated by blanks, after a name where it matters.</summary>
    public const string Who = "X-Test-Roles";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("devopscd-access-");
    private WebApplication? _app;

    public HttpClient Http { get; private set; } = null!;

    /// <summary>An operation and a notice of the shop's batch.</summary>
    public const string Operation = "nobody";

    public long Notice { get; private set; }

    /// <summary>A manual gate of the shop's batch, before its seal; decided.</summary>
    public long Gate { get; private set; }

    public IServiceProvider Services => _app!.Services;

    public Dictionary<string, long> Batches { get; } = [];

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration["core:storage:connection_string"] = $"Data Source={Path.Combine(_folder.FullName, "cd.db")};Pooling=False";
        builder.Configuration["core:deploy:driver"] = "external";
        builder.Configuration["core:scan_interval"] = "1h";
        builder.Configuration["core:notification:provider"] = "log";
        builder.WebHost.UseUrls($"http://127.0.0.1:{FreePort.Next()}");
        var reader = new ConfigurationReader(builder.Configuration);
        BrokerRegistration.Read(reader);
        var auth = AuthOptions.Read(reader);
        var settings = builder.Services.AddCore(reader);
        builder.Services.AddMassTransit(bus =>
        {
            bus.AddEngine();
            bus.AddBroker(builder.Configuration, (context, endpoints) => endpoints.UseEngine(context));
        });
        builder.AddApi();
        builder.AddLogin(auth, settings);
        builder.AddStart();
        _app = builder.Build();
        _app.MapApi();
        _app.Use((http, next) =>
        {
            if (http.Request.Headers[Who].ToString() is { Length: > 0 } roles)
                Caller.Is(http, Somebody(roles));
            return next(http);
        });
        await _app.StartAsync();
        Http = new HttpClient { BaseAddress = new Uri(_app.Urls.Single()) };
        await Eventually.Sees(() => Http.GetAsync("health/ready"), answer => answer.IsSuccessStatusCode, "the host is ready", TimeSpan.FromSeconds(60));
        await Fill();
    }

    public async ValueTask DisposeAsync()
    {
        Http?.Dispose();
        if (_app is not null)
            await _app.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    /// <summary>A person by <c>name+group: role@project …</c>, or somebody by the roles alone.</summary>
    internal static Subject Somebody(string roles)
    {
        var (name, held) = roles.Split(": ") is [var named, var of] ? (named, of) : ("somebody", roles);
        return Subject.User(name.Split('+')[0], name.Split('+')[1..]) with
        {
            Grants = [.. held.Split(' ').Select(role => role.Split('@')).Select(role => new Grant(role[0], role[1], "the test"))]
        };
    }

    public async Task<Reply> Send(string roles, HttpMethod method, string path, object? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Add("X-Operator", "somebody");
        request.Headers.Add(Who, roles);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        if (body is not null)
            request.Content = JsonContent.Create(body);
        using var answer = await Http.SendAsync(request);
        return new Reply(answer.StatusCode, answer.Content.Headers.ContentType?.MediaType, answer.Headers.ETag?.Tag, await answer.Content.ReadAsStringAsync());
    }

    public Task<Reply> Get(string roles, string path) => Send(roles, HttpMethod.Get, path);

    private async Task Fill()
    {
        await using (var scope = Services.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<CdDbContext>();
            db.AddRange(new Project { Name = "shop" }, new Project { Name = "bank" });
            await db.SaveChangesAsync();
        }
        var api = CdApi.Patient(Http);
        foreach (var (name, project) in (IEnumerable<(string, string)>)[("shop-1", "shop"), ("shop-2", "shop"), ("ledger", "bank"), ("ledger-2", "bank")])
        {
            (await api.Send(HttpMethod.Post, "applications", new { name, project })).Expect();
            foreach (var stage in (string[])["pre", "prod"])
                (await api.SetTarget(name, stage)).Expect();
            (await api.AddBuild(name, 1)).Expect();
        }
        Batches["shop"] = (await api.CreateBatch("of the shop", null, ["shop-1"])).Expect().Id;
        Batches["bank"] = (await api.CreateBatch("of the bank", null, ["ledger"])).Expect().Id;
        Batches["both"] = (await api.CreateBatch("of both", null, ["shop-2", "ledger-2"])).Expect().Id;
        await using (var scope = Services.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<CdDbContext>();
            var (batch, release) =
                (await db.Batches.SingleAsync(b => b.Id == Batches["shop"]), await db.Releases.SingleAsync(r => r.BatchId == Batches["shop"]));
            db.Add(new Deployment
            {
                OperationId = Operation,
                BatchId = batch.Id,
                BatchCorrelationId = batch.CorrelationId,
                ReleaseId = release.Id,
                Application = "shop-1",
                Status = OperationStatus.Failed
            });
            var notice = new Notification
            {
                NoticeKey = "of the shop",
                Channel = "log",
                BatchId = batch.Id,
                Kind = NoticeKind.Transition,
                Payload = NoticeJson.Write(Core.Notifications.Composing.Notice.ProductionReady(batch, DateTimeOffset.UnixEpoch, [], null)),
                Status = NotificationStatus.Sent
            };
            db.Add(notice);
            var gate = new GateRun
            {
                BatchId = batch.Id,
                BatchCorrelationId = batch.CorrelationId,
                Project = "shop",
                Name = "legal",
                Point = GatePoint.BeforeSeal,
                Kind = GateKind.Manual,
                Definition = GateRules.Write(new Gate("legal", GatePoint.BeforeSeal, GateKind.Manual)),
                ContentHash = "",
                Attempt = 1
            };
            gate.Decide(GateStatus.Overridden, "somebody", "not needed", DateTimeOffset.UnixEpoch);
            db.Add(gate);
            await db.SaveChangesAsync();
            (Notice, Gate) = (notice.Id, gate.Id);
        }
    }
}
