using System.Net;
using System.Net.Http.Json;
using DevopsCd.Testing.Hosting;
using Microsoft.IdentityModel.Tokens;
using static DevopsCd.Host.Tests.Access.PasswordHost;

namespace DevopsCd.Host.Tests.Access;

/// <summary>A host that takes builds from the jobs of one repository's main branch.</summary>
public sealed class WorkloadHost : IAsyncLifetime
{
    public const string Audience = "https://cd.example";

    public HostProcess Process { get; private set; } = null!;

    public FakeIssuer Issuer { get; private set; } = null!;

    public static Dictionary<string, object> Claims => new() { ["repository_id"] = "42", ["ref"] = "refs/heads/main", ["sub"] = "repo:o/r:ref:refs/heads/main" };

    public async ValueTask InitializeAsync()
    {
        Issuer = await FakeIssuer.Start();
        Process = await HostProcess.StartNewAsync("workload", HostSettings.Embedded().With("core__deploy__driver", "external").With("core__auth__mode", "password")
            .With("core__auth__workloads__0__name", "shop-builds").With("core__auth__workloads__0__issuer", Issuer.Address)
            .With("core__auth__workloads__0__audience", Audience).With("core__auth__workloads__0__role", "ci").With("core__auth__workloads__0__project", "*")
            .With("core__auth__workloads__0__claims__repository_id", "42").With("core__auth__workloads__0__claims__ref", "refs/heads/main"));
    }

    public async ValueTask DisposeAsync()
    {
        if (Process is not null)
            await Process.DisposeAsync();
        if (Issuer is not null)
            await Issuer.DisposeAsync();
    }
}

public sealed class A_CI_job(WorkloadHost host) : IClassFixture<WorkloadHost>
{
    [Fact]
    public async Task Reports_builds_by_the_token_of_its_platform_and_does_nothing_else()
    {
        var bearer = Bearer(host.Issuer.Token(WorkloadHost.Claims, audience: WorkloadHost.Audience));
        using var http = NewClient();

        (await Get(http, "access/me", bearer)).Json.GetProperty("subject").GetString().ShouldBe("workload:shop-builds");
        (await Send(http, HttpMethod.Post, "builds", CdApi.Build("not-registered", 1), bearer)).Status.ShouldBe(HttpStatusCode.OK);
        (await Get(http, "batches", bearer)).ShouldBeProblem(HttpStatusCode.Forbidden);
        (await Send(http, HttpMethod.Post, "applications", new { name = "x" }, bearer)).ShouldBeProblem(HttpStatusCode.Forbidden);
        (await Send(http, HttpMethod.Post, "access/tokens", new { name = "x" }, bearer)).ShouldBeProblem(HttpStatusCode.Forbidden);
    }

    private static readonly Dictionary<string, Func<FakeIssuer, string>> s_wrong = new()
    {
        ["another repository"] = issuer => issuer.Token(With("repository_id", "43"), audience: WorkloadHost.Audience),
        ["another branch"] = issuer => issuer.Token(With("ref", "refs/heads/mainly"), audience: WorkloadHost.Audience),
        ["several branches"] = issuer => issuer.Token(With("ref", (string[])["refs/heads/main", "refs/heads/other"]), audience: WorkloadHost.Audience),
        ["no branch"] = issuer => issuer.Token(new Dictionary<string, object> { ["repository_id"] = "42" }, audience: WorkloadHost.Audience),
        ["another audience"] = issuer => issuer.Token(WorkloadHost.Claims, audience: "https://github.com/o"),
        ["another issuer"] = issuer => issuer.Token(WorkloadHost.Claims, issuer: "https://attacker.example", audience: WorkloadHost.Audience),
        ["another key"] = issuer => issuer.Token(WorkloadHost.Claims, audience: WorkloadHost.Audience, isSignedByStranger: true),
        ["the public key as a secret"] = issuer => issuer.Token(WorkloadHost.Claims, audience: WorkloadHost.Audience, algorithm: SecurityAlgorithms.HmacSha256),
        ["no signature"] = issuer => issuer.WithoutSignature(WorkloadHost.Claims),
        ["its time is over"] = issuer => issuer.Token(WorkloadHost.Claims, audience: WorkloadHost.Audience, expiresIn: TimeSpan.FromMinutes(-5)),
        ["no token at all"] = _ => "x.y.z",
    };

    public static TheoryData<string> Wrong => [.. s_wrong.Keys];

    [Theory, MemberData(nameof(Wrong))]
    public async Task Of_others_is_nobody(string what)
    {
        using var http = NewClient();

        (await Get(http, "access/me", Bearer(s_wrong[what](host.Issuer)))).Status.ShouldBe(HttpStatusCode.Unauthorized, what);
    }

    private static Dictionary<string, object> With(string claim, object value) => new(WorkloadHost.Claims) { [claim] = value };

    private static (string, string) Bearer(string token) => ("Authorization", $"Bearer {token}");

    private HttpClient NewClient() => new() { BaseAddress = host.Process.BaseUrl };
}
