using System.Net;
using DevopsCd.Core.Access;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Host.Tests.Api;

public sealed class Bindings_over_HTTP(AccessHost host)
{
    private const string Path = "/api/v1/access/bindings";

    [Fact]
    public async Task Count_at_once_and_no_longer_than_they_are_there()
    {
        var who = NewSubject();

        (await Put("admin@*", who, "approver", "shop")).Status.ShouldBe(HttpStatusCode.Created);
        (await Put("admin@*", who, "approver", "shop")).Status.ShouldBe(HttpStatusCode.OK);
        (await MayApprove(who)).ShouldBeTrue();

        (await Delete("admin@*", who, "approver", "shop")).Status.ShouldBe(HttpStatusCode.NoContent);
        (await MayApprove(who)).ShouldBeFalse();
        (await Delete("admin@*", who, "approver", "shop")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Are_given_in_a_project_by_who_manages_its_access_and_nowhere_else()
    {
        var who = NewSubject();

        (await Put("admin@shop", who, "viewer", "shop")).Status.ShouldBe(HttpStatusCode.Created);
        (await Put("admin@shop", who, "viewer", "bank")).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await Put("admin@shop admin@bank", who, "viewer", "*")).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await Put("operator@shop", who, "viewer", "shop")).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await Put("admin@*", who, "viewer", "bank")).Status.ShouldBe(HttpStatusCode.Created);
        (await Delete("admin@shop", who, "viewer", "bank")).Status.ShouldBe(HttpStatusCode.Forbidden);

        (await List("admin@shop", who)).ShouldBe(["viewer@shop"]);
        (await List("admin@*", who)).ShouldBe(["viewer@shop", "viewer@bank"]);
        (await host.Get("operator@*", Path)).Status.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("zoe", "viewer", "shop", "subject")]
    [InlineData("system:engine", "viewer", "shop", "subject")]
    [InlineData("user:zoe", "boss", "shop", "role")]
    [InlineData("user:zoe", "viewer", "no-such-project", "project")]
    public async Task Are_refused_by_the_field_that_is_wrong(string subject, string role, string project, string field) =>
        (await Put("admin@*", subject, role, project)).ShouldBeProblem(HttpStatusCode.UnprocessableEntity).Fields.ShouldBe([field]);

    [Fact]
    public async Task Explain_anybody_what_they_may_do_themselves_and_nobody_what_others_may()
    {
        (await host.Get("viewer@shop", "/api/v1/access/explain?action=view&project=shop")).Json.GetProperty("permissions")[0].GetProperty("allowed").GetBoolean().ShouldBeTrue();
        (await host.Get("viewer@shop", "/api/v1/access/explain?subject=user:somebody&action=view&project=bank")).Json.GetProperty("permissions")[0].GetProperty("allowed").GetBoolean().ShouldBeFalse();

        (await host.Get("viewer@shop", "/api/v1/access/explain?subject=user:zoe&project=shop")).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await host.Get("admin@shop", "/api/v1/access/explain?subject=user:zoe")).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await host.Get("admin@*", "/api/v1/access/explain?subject=token:nobody")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await host.Get("admin@*", "/api/v1/access/explain?subject=zoe")).ShouldBeProblem(HttpStatusCode.UnprocessableEntity).Fields.ShouldBe(["subject"]);
        (await host.Get("admin@*", "/api/v1/access/explain?action=fly")).ShouldBeProblem(HttpStatusCode.UnprocessableEntity).Fields.ShouldBe(["action"]);
    }

    [Fact]
    public async Task Name_roles_that_are_listed_with_what_they_allow()
    {
        var roles = (await host.Get("viewer@shop", "/api/v1/access/roles")).Json.GetProperty("items").EnumerateArray().ToList();

        roles.Select(r => r.GetProperty("name").GetString()).ShouldBe(["viewer", "developer", "approver", "release-manager", "operator", "ci", "deploy-system", "admin"]);
        roles.ShouldAllBe(r => r.GetProperty("source").GetString() == "built-in");
        roles[2].GetProperty("permissions").EnumerateArray().Select(p => p.GetString()).ShouldBe(["view", "approve"]);
    }

    private Task<Reply> Put(string roles, string subject, string role, string project) => host.Send(roles, HttpMethod.Put, Path, new { subject, role, project });

    private Task<Reply> Delete(string roles, string subject, string role, string project) =>
        host.Send(roles, HttpMethod.Delete, $"{Path}?subject={subject}&role={role}&project={Uri.EscapeDataString(project)}");

    private async Task<IEnumerable<string>> List(string roles, string subject) => (await host.Get(roles, $"{Path}?subject={subject}")).Json.GetProperty("items").EnumerateArray()
        .Select(b => $"{b.GetProperty("role").GetString()}@{b.GetProperty("project").GetString()}");

    private async Task<bool> MayApprove(string subject) =>
        (await host.Services.GetRequiredService<AccessRights>().PresentAsync(TestContext.Current.CancellationToken)).Allows(Subject.User(subject["user:".Length..]), Permissions.Approve, "shop");

    private static string NewSubject() => $"user:{Guid.NewGuid():N}"[..20];
}
