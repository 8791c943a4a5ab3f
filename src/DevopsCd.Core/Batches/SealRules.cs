using DevopsCd.Contracts;
using DevopsCd.Core.Applications;

namespace DevopsCd.Core.Batches;

/// <summary>What a seal needs (R4). Every failing release is named at once.</summary>
internal static class SealRules
{
    /// <exception cref="BatchRefused">The batch cannot be sealed as it is.</exception>
    public static void Check(Batch batch, IReadOnlyList<BatchRelease> releases, ILookup<long, ApplicationTarget> targets)
    {
        if (releases.Count == 0)
            Refuse(batch, "a batch without applications cannot be sealed");
        var faults = new List<string>();
        foreach (var release in releases)
        {
            if (release.Build is not { BuildStatus: BuildStatus.Success })
                faults.Add($"{release.App.Name} has no successful build on {release.Branch}");
            if (!targets[release.AppId].Any())
                faults.Add($"{release.App.Name} has no deploy settings; PUT /api/v1/applications/{release.App.Name}/targets/{{stage}}/{{cluster}}");
        }
        if (faults.Count > 0)
            Refuse(batch, string.Join("; ", faults));
        if (DependencyOrder.Cycle(releases.ToDictionary(r => r.App.Name, r => (IReadOnlyList<string>)r.DependsOn)) is { } cycle)
            Refuse(batch, $"the dependencies form a cycle: {string.Join(" → ", cycle)}");
    }

    private static void Refuse(Batch batch, string why) => throw new BatchRefused(RefusalKind.Illegal, why) { State = batch.Status };
}
