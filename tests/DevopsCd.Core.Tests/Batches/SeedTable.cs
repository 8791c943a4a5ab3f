namespace DevopsCd.Core.Tests.Batches;

/// <summary>The seed's table as data, written down by hand and never read out of the machine.</summary>
internal static class SeedTable
{
    public static readonly IReadOnlyList<(string Name, short Code, string Label)> States =
    [
        ("PendingApproval", 0, "待审核"),
        ("Approved", 5, "审核通过"),
        ("Rejected", 6, "审核拒绝"),
        ("Sealed", 11, "封板确认"),
        ("PreDeploying", 21, "预发布部署中"),
        ("PreDeployed", 22, "预发布已部署"),
        ("ProdDeploying", 31, "正式发布部署中"),
        ("ProdDeployed", 32, "正式发布已部署"),
        ("ProdRollingBack", 33, "正式发布回滚中"),
        ("FinalAccepted", 40, "最终验收通过"),
        ("Cancelled", 90, "已取消"),
    ];

    public static readonly IReadOnlyList<(string Event, string Label)> Events =
    [
        ("approve", "审核通过"),
        ("reject", "审核拒绝"),
        ("cancel", "取消批次"),
        ("confirm_tag", "封板确认"),
        ("start_pre_deploy", "开始预发布"),
        ("pre_deploy_completed", "预发布完成"),
        ("pre_deploy_failed", "预发布失败"),
        ("start_prod_deploy", "开始生产部署"),
        ("prod_deploy_completed", "生产部署完成"),
        ("prod_deploy_failed", "生产部署失败"),
        ("final_accept", "最终验收"),
    ];

    /// <summary>From and to of the eleven events.</summary>
    public static readonly IReadOnlyList<(string Event, short From, short To)> Rows =
    [
        ("approve", 0, 5),
        ("reject", 0, 6),
        ("cancel", 0, 90),
        ("cancel", 5, 90),
        ("cancel", 11, 90),
        ("cancel", 22, 90),
        ("confirm_tag", 5, 11),
        ("start_pre_deploy", 11, 21),
        ("pre_deploy_completed", 21, 22),
        ("pre_deploy_failed", 21, 11),
        ("start_prod_deploy", 22, 31),
        ("prod_deploy_completed", 31, 32),
        ("prod_deploy_failed", 31, 22),
        ("final_accept", 32, 40),
    ];

    /// <summary>Cancel from 21 is a request, and the engine's own event ends it (R6).</summary>
    public static readonly IReadOnlyList<(string Event, short From, short To)> RowsOfR6 =
    [
        ("cancel", 21, 21),
        ("deploy_stopped", 21, 90),
    ];

    /// <summary>An approval can be taken back, by a person or by the project's policy (R16).</summary>
    public static readonly IReadOnlyList<(string Event, short From, short To)> RowsOfR16 =
    [
        ("revoke_approval", 5, 0),
    ];

    /// <summary>A sealed batch can be opened again, so that a fix gets in (R18).</summary>
    public static readonly IReadOnlyList<(string Event, short From, short To)> RowsOfR18 =
    [
        ("reopen", 11, 5),
        ("reopen", 22, 5),
    ];

    /// <summary>Production can be taken back to what ran before; in 31 that is a request, and the engine's own event begins it (R19).</summary>
    public static readonly IReadOnlyList<(string Event, short From, short To)> RowsOfR19 =
    [
        ("start_prod_rollback", 22, 33),
        ("start_prod_rollback", 31, 31),
        ("start_prod_rollback", 32, 33),
        ("prod_deploy_stopped", 31, 33),
        ("prod_rollback_completed", 33, 22),
        ("prod_rollback_failed", 33, 22),
    ];

    /// <summary>What was added to the seed's rows.</summary>
    public static readonly IReadOnlyList<(string Event, short From, short To)> Extensions = [.. RowsOfR6, .. RowsOfR16, .. RowsOfR18, .. RowsOfR19];

    /// <summary>The events of those rows that are not the seed's, and that people can ask for.</summary>
    public static readonly IReadOnlyList<(string Event, string Label)> FurtherEvents =
    [
        ("revoke_approval", "撤销审核"),
        ("reopen", "重新开放"),
        ("start_prod_rollback", "开始正式回滚"),
        ("prod_rollback_completed", "正式回滚完成"),
        ("prod_rollback_failed", "正式回滚失败"),
    ];

    /// <summary>Events that lead to a state, from creation on.</summary>
    public static IReadOnlyList<string> Path(short state) => state switch
    {
        0 => [],
        5 => ["approve"],
        6 => ["reject"],
        11 => ["approve", "confirm_tag"],
        21 => ["approve", "confirm_tag", "start_pre_deploy"],
        22 => [.. Path(21), "pre_deploy_completed"],
        31 => [.. Path(22), "start_prod_deploy"],
        32 => [.. Path(31), "prod_deploy_completed"],
        33 => [.. Path(32), "start_prod_rollback"],
        40 => [.. Path(32), "final_accept"],
        90 => ["cancel"],
        _ => throw new ArgumentOutOfRangeException(nameof(state))
    };
}
