namespace DevopsCd.Core.Access;

/// <summary>What may be allowed. The names stand in roles, bindings, tokens and answers, and do not change.</summary>
internal static class Permissions
{
    public const string View = "view";
    public const string Create = "create";
    public const string Edit = "edit";
    public const string Approve = "approve";
    public const string Seal = "seal";
    public const string DeployPre = "deploy_pre";
    public const string DeployProd = "deploy_prod";
    public const string Accept = "accept";
    public const string Cancel = "cancel";
    public const string Reopen = "reopen";
    public const string Rollback = "rollback";
    public const string ApplicationManage = "application.manage";
    public const string BuildReport = "build.report";
    public const string DeploymentReport = "deployment.report";
    public const string NotificationManage = "notification.manage";
    public const string ParkedManage = "parked.manage";
    public const string FreezeManage = "freeze.manage";
    public const string FreezeOverride = "freeze.override";
    public const string GateOverride = "gate.override";
    public const string PolicyManage = "policy.manage";
    public const string AccessManage = "access.manage";
    public const string AuditRead = "audit.read";

    /// <summary>All of them, in the order in which they are listed to people.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        View, Create, Edit, Approve, Seal, DeployPre, DeployProd, Accept, Cancel, Reopen, Rollback, ApplicationManage, BuildReport, DeploymentReport,
        NotificationManage, ParkedManage, FreezeManage, FreezeOverride, GateOverride, PolicyManage, AccessManage, AuditRead
    ];

    private static readonly Dictionary<string, int> s_places =
        All.Select((name, place) => (name, place)).ToDictionary(p => p.name, p => p.place, StringComparer.Ordinal);

    public static bool IsKnown(string permission) => s_places.ContainsKey(permission);

    /// <summary>The permission as one bit of a set.</summary>
    /// <exception cref="KeyNotFoundException">There is no such permission.</exception>
    public static ulong Bit(string permission) => 1UL << s_places[permission];

    public static ulong Bits(IEnumerable<string> permissions) => permissions.Aggregate(0UL, (bits, permission) => bits | Bit(permission));

    /// <summary>The permissions of a set, in the order of <see cref="All" />.</summary>
    public static IReadOnlyList<string> Of(ulong bits) => [.. All.Where(permission => (bits & Bit(permission)) != 0)];
}
