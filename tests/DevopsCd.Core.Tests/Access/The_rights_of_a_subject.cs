using DevopsCd.Core.Access;

namespace DevopsCd.Core.Tests.Access;

public sealed class The_rights_of_a_subject
{
    private static readonly RoleBook s_roles = new(new AccessOptions { Roles = { ["shipper"] = [Permissions.View, Permissions.DeployProd] } });

    [Fact]
    public void Are_the_sum_of_its_own_roles_and_those_of_its_groups()
    {
        var table = Table(("user:alice", "viewer", "shop"), ("group:release", "approver", "*"), ("group:others", "admin", "*"));
        var alice = Subject.User("alice", "release", "unbound");

        Names(table, alice, "shop").ShouldBe([Permissions.View, Permissions.Approve]);
        Names(table, alice, "bank").ShouldBe([Permissions.View, Permissions.Approve]);
        Names(table, Subject.User("alice"), "bank").ShouldBeEmpty();
    }

    [Fact]
    public void Are_none_once_it_is_not_let_in_any_more()
    {
        var table = Table(("user:alice", "admin", "*"));
        var alice = Subject.User("alice") with { IsLetIn = false, Grants = [new Grant(Roles.Admin, Projects.All, "the test")] };

        Names(table, alice, "shop").ShouldBeEmpty();
        table.Where(alice, Permissions.View).ShouldSatisfyAllConditions(where => where.All.ShouldBeFalse(), where => where.Projects.ShouldBeEmpty());
    }

    [Fact]
    public void Hold_in_their_project_and_nowhere_else()
    {
        var table = Table(("user:alice", "shipper", "shop"));
        var alice = Subject.User("alice");

        table.Allows(alice, Permissions.DeployProd, "shop").ShouldBeTrue();
        table.Allows(alice, Permissions.DeployProd, "shop2").ShouldBeFalse();
        table.Allows(alice, Permissions.DeployProd, Projects.All).ShouldBeFalse("a right in one project is none in what concerns no project");
        table.Allows(alice, Permissions.Approve, "shop").ShouldBeFalse();
    }

    [Fact]
    public void Are_not_those_of_a_group_of_the_same_name()
    {
        var table = Table(("group:alice", "admin", "*"), ("token:alice", "admin", "*"));

        Names(table, Subject.User("alice"), "shop").ShouldBeEmpty();
    }

    [Fact]
    public void Of_a_token_are_those_of_its_person_within_its_scope()
    {
        var table = Table(("user:alice", "admin", "*"));
        var token = new Subject(SubjectKind.Token, "1")
        {
            Person = "alice",
            Scope = new TokenScope(new HashSet<string> { Permissions.View, Permissions.BuildReport }, new HashSet<string> { "shop" })
        };

        Names(table, token, "shop").ShouldBe([Permissions.View, Permissions.BuildReport]);
        Names(table, token, "bank").ShouldBeEmpty();
        Names(table, token, Projects.All).ShouldBeEmpty();
        table.Where(token, Permissions.View).Projects.ShouldBe(["shop"]);
        Names(Table(), token, "shop").ShouldBeEmpty("a token has no more than its person");
    }

    [Fact]
    public void Of_a_token_without_a_person_are_those_it_is_bound_to()
    {
        var table = Table(("token:robot", "ci", "shop"));

        Names(table, new Subject(SubjectKind.Token, "robot"), "shop").ShouldBe([Permissions.BuildReport]);
    }

    [Fact]
    public void Include_what_its_login_brings()
    {
        var job = new Subject(SubjectKind.Workload, "github:1") { Grants = [new Grant("ci", "shop", "core:auth:workloads:0")] };

        Names(Table(), job, "shop").ShouldBe([Permissions.BuildReport]);
        Table().Why(job, Permissions.BuildReport, "shop").ShouldBe([new BoundRole("workload:github:1", "ci", "shop", "core:auth:workloads:0")]);
    }

    [Fact]
    public void Know_the_binding_that_they_come_from()
    {
        var table = Table(("user:alice", "viewer", "shop"), ("group:release", "approver", "*"), ("user:bob", "approver", "shop"));
        var alice = Subject.User("alice", "release");

        table.Why(alice, Permissions.Approve, "shop").Select(b => (b.Subject, b.Role, b.Project)).ShouldBe([("group:release", "approver", "*")]);
        table.Why(alice, Permissions.Seal, "shop").ShouldBeEmpty();
        table.Who(Permissions.Approve, "shop").ShouldBe(["group:release", "user:bob"]);
        table.Who(Permissions.Approve, "bank").ShouldBe(["group:release"]);
    }

    [Fact]
    public void Say_where_something_may_be_viewed()
    {
        var table = Table(("user:alice", "viewer", "shop"), ("group:release", "approver", "bank"), ("user:root", "admin", "*"), ("user:alice", "ci", "other"));

        table.Where(Subject.User("alice", "release"), Permissions.View).Projects.ShouldBe(["bank", "shop"]);
        table.Where(Subject.User("root"), Permissions.View).ShouldBe(Visible.Everything);
        table.Where(Subject.User("stranger"), Permissions.View).Projects.ShouldBeEmpty();
    }

    [Fact]
    public void Are_nothing_by_a_role_that_is_gone() => Names(Table(("user:alice", "former", "*")), Subject.User("alice"), "shop").ShouldBeEmpty();

    [Fact]
    public void Are_no_question_for_the_engine() => Names(Table(), Subject.Engine, "shop").ShouldBe(Permissions.All);

    private static BindingTable Table(params IEnumerable<(string Subject, string Role, string Project)> bindings) =>
        new(s_roles, [.. bindings.Select(b => new BoundRole(b.Subject, b.Role, b.Project, BindingSource.Database))], version: 0);

    private static IReadOnlyList<string> Names(BindingTable table, Subject subject, string project) => Permissions.Of(table.In(subject, project));
}
