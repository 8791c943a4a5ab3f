using DevopsCd.Core.Access;
using DevopsCd.Core.Releases;

namespace DevopsCd.Core.Tests.Access;

public sealed class The_roles
{
    /// <summary>The table that the README shows.</summary>
    private static readonly Dictionary<string, string> s_table = new()
    {
        ["viewer"] = "view",
        ["developer"] = "view create edit",
        ["approver"] = "view approve",
        ["release-manager"] = "view create edit seal deploy_pre cancel reopen application.manage",
        ["operator"] = "view deploy_pre deploy_prod accept cancel rollback notification.manage parked.manage freeze.manage audit.read",
        ["ci"] = "build.report",
        ["deploy-system"] = "deployment.report",
        ["admin"] = string.Join(' ', Permissions.All),
    };

    [Fact]
    public void Allow_what_the_table_says() =>
        Roles.BuiltIn.ToDictionary(role => role.Name, role => string.Join(' ', role.Permissions)).ShouldBe(s_table, ignoreOrder: true);

    [Fact]
    public void Hold_the_same_as_bits()
    {
        foreach (var role in Roles.BuiltIn)
            Permissions.Of(role.Bits).ShouldBe(role.Permissions, ignoreOrder: true);
    }

    [Fact]
    public void Leave_approval_and_production_to_different_people() =>
        Roles.BuiltIn.Where(role => role.Permissions.Contains(Permissions.Approve) && role.Permissions.Contains(Permissions.DeployProd))
            .Select(role => role.Name).ShouldBe([Roles.Admin]);

    [Fact]
    public void Know_the_permission_of_every_event() =>
        BatchEventTypes.All.Where(type => type.Permission is not null && !Permissions.IsKnown(type.Permission)).Select(type => type.Key).ShouldBeEmpty();
}
