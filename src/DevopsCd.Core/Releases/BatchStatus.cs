using System.Collections.Frozen;

namespace DevopsCd.Core.Releases;

/// <summary>The states' names, wire codes and Chinese labels, in code order. Codes are compared as sets, never by size.</summary>
internal static class BatchStatus
{
    public const string PendingApproval = nameof(PendingApproval);
    public const string Approved = nameof(Approved);
    public const string Rejected = nameof(Rejected);
    public const string Sealed = nameof(Sealed);
    public const string PreDeploying = nameof(PreDeploying);
    public const string PreDeployed = nameof(PreDeployed);
    public const string ProdDeploying = nameof(ProdDeploying);
    public const string ProdDeployed = nameof(ProdDeployed);
    public const string ProdRollingBack = nameof(ProdRollingBack);
    public const string FinalAccepted = nameof(FinalAccepted);
    public const string Cancelled = nameof(Cancelled);

    public static readonly IReadOnlyList<(string Name, short Code, string Label)> All =
    [
        (PendingApproval, 0, "待审核"),
        (Approved, 5, "审核通过"),
        (Rejected, 6, "审核拒绝"),
        (Sealed, 11, "封板确认"),
        (PreDeploying, 21, "预发布部署中"),
        (PreDeployed, 22, "预发布已部署"),
        (ProdDeploying, 31, "正式发布部署中"),
        (ProdDeployed, 32, "正式发布已部署"),
        (ProdRollingBack, 33, "正式发布回滚中"),
        (FinalAccepted, 40, "最终验收通过"),
        (Cancelled, 90, "已取消"),
    ];

    private static readonly FrozenDictionary<string, (short Code, string Label)> s_byName =
        All.ToFrozenDictionary(s => s.Name, s => (s.Code, s.Label), StringComparer.Ordinal);

    private static readonly FrozenDictionary<short, string> s_byCode = All.ToFrozenDictionary(s => s.Code, s => s.Name);

    /// <summary>States in which builds still flow in (R2).</summary>
    public static bool Refreshes(string status) => status is PendingApproval or Approved;

    /// <summary>States after which nothing changes any more.</summary>
    public static bool Ended(string status) => status is Rejected or FinalAccepted or Cancelled;

    /// <summary>The states after which nothing changes any more.</summary>
    public static IReadOnlyList<string> Ends { get; } = [.. All.Select(s => s.Name).Where(Ended)];

    /// <summary>The stage that runs in a state, or null.</summary>
    public static Stage? Deploying(string status) => status switch
    {
        PreDeploying => Stage.Pre,
        ProdDeploying => Stage.Prod,
        ProdRollingBack => Stage.Rollback,
        _ => null
    };

    /// <summary>The states in which a stage runs.</summary>
    public static IReadOnlyList<string> InStage { get; } = [.. All.Select(s => s.Name).Where(name => Deploying(name) is not null)];

    public static short Code(string name) => s_byName[name].Code;

    public static string Label(string name) => s_byName[name].Label;

    public static bool IsKnown(string name) => s_byName.ContainsKey(name);

    public static string Name(short code) => s_byCode[code];

    public static bool TryName(short code, out string name)
    {
        var known = s_byCode.TryGetValue(code, out var found);
        name = found ?? "";
        return known;
    }
}
