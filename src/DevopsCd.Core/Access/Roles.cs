namespace DevopsCd.Core.Access;

/// <summary>The roles that the program brings. The configuration adds others.</summary>
internal static class Roles
{
    public const string Viewer = "viewer";
    public const string Developer = "developer";
    public const string Approver = "approver";
    public const string ReleaseManager = "release-manager";
    public const string Operator = "operator";
    public const string Ci = "ci";
    public const string DeploySystem = "deploy-system";
    public const string Admin = "admin";

    /// <summary>
    /// From the least to the most. No role but admin holds both the approval of a release and its start in production, and none but admin
    /// may override a freeze or a gate.
    /// </summary>
    public static IReadOnlyList<Role> BuiltIn { get; } =
    [
        Of(Viewer, Permissions.View),
        Of(Developer, Permissions.View, Permissions.Create, Permissions.Edit),
        Of(Approver, Permissions.View, Permissions.Approve),
        Of(ReleaseManager, Permissions.View, Permissions.Create, Permissions.Edit, Permissions.Seal, Permissions.DeployPre, Permissions.Cancel,
            Permissions.Reopen,
            Permissions.ApplicationManage),
        Of(Operator, Permissions.View, Permissions.DeployPre, Permissions.DeployProd, Permissions.Accept, Permissions.Cancel, Permissions.Rollback,
            Permissions.NotificationManage, Permissions.ParkedManage, Permissions.FreezeManage, Permissions.AuditRead),
        Of(Ci, Permissions.BuildReport),
        Of(DeploySystem, Permissions.DeploymentReport),
        Of(Admin, [.. Permissions.All]),
    ];

    private static Role Of(string name, params IReadOnlyList<string> permissions) => new(name, permissions, BuiltIn: true);
}
