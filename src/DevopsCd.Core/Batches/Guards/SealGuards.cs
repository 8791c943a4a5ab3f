using DevopsCd.Contracts;
using DevopsCd.Shared;

namespace DevopsCd.Core.Batches.Guards;

/// <summary>A seal needs at least one application (R4).</summary>
internal sealed class EmptyBatchGuard(BatchReleases releases) : IEventGuard
{
    public string Name => "applications";

    public bool Guards(BatchEventType type) => type.Seals;

    public async ValueTask<Obstacle?> CheckAsync(EventQuestion question, CancellationToken cancellationToken) =>
        (await releases.OfAsync(question.Batch, cancellationToken)).Count == 0 ? new Obstacle("a batch without applications cannot be sealed") : null;
}

/// <summary>A seal needs a successful build of each application; all that have none are named.</summary>
internal sealed class BuildGuard(BatchReleases releases) : IEventGuard
{
    public string Name => "build";

    public bool Guards(BatchEventType type) => type.Seals;

    public async ValueTask<Obstacle?> CheckAsync(EventQuestion question, CancellationToken cancellationToken)
    {
        var missing = (await releases.OfAsync(question.Batch, cancellationToken)).Where(r => r.Build is not { BuildStatus: BuildStatus.Success }).ToList();
        return missing.Count == 0 ? null
            : new Obstacle(Sentence.Join(missing.Select(Sentence (r) => $"{r.App.Name} has no successful build on {r.Branch}"))) { LiftedBy = "build.report" };
    }
}

/// <summary>A seal needs deploy settings of each application; all that have none are named.</summary>
internal sealed class TargetGuard(BatchReleases releases) : IEventGuard
{
    public string Name => "targets";

    public bool Guards(BatchEventType type) => type.Seals;

    public async ValueTask<Obstacle?> CheckAsync(EventQuestion question, CancellationToken cancellationToken)
    {
        var targets = await releases.TargetsAsync(question.Batch, cancellationToken);
        var missing = (await releases.OfAsync(question.Batch, cancellationToken)).Where(r => !targets[r.AppId].Any()).Select(r => r.App.Name).ToList();
        return missing.Count == 0 ? null : new Obstacle(Sentence.Join(missing.Select(Sentence (name) =>
            $"{name} has no deploy settings; PUT /api/v1/applications/{name}/targets/{{stage}}/{{cluster}}")))
        { LiftedBy = "application.manage" };
    }
}

/// <summary>What deploys in an earlier wave than what it depends on could never go after it: the seal is refused.</summary>
internal sealed class WaveGuard(BatchReleases releases) : IEventGuard
{
    public string Name => "waves";

    public bool Guards(BatchEventType type) => type.Seals;

    public async ValueTask<Obstacle?> CheckAsync(EventQuestion question, CancellationToken cancellationToken)
    {
        var targets = await releases.TargetsAsync(question.Batch, cancellationToken);
        var content = await releases.OfAsync(question.Batch, cancellationToken);
        var wrong = new List<Sentence>();
        foreach (var stage in Stages.Forward)
        {
            var first = content.Where(r => targets[r.AppId].Any(t => t.Stage == stage))
                .ToDictionary(r => r.App.Name, r => targets[r.AppId].Where(t => t.Stage == stage).Min(t => t.Wave), StringComparer.Ordinal);
            var name = EnumNames<Stage>.Of(stage);
            foreach (var (app, dependsOn) in content.Where(r => first.ContainsKey(r.App.Name)).Select(r => (r.App.Name, r.DependsOn)))
                foreach (var needed in dependsOn.Where(other => first.GetValueOrDefault(other) > first[app]))
                    wrong.Add($"{app} begins {name} in wave {first[app]} and depends on {needed}, which begins in wave {first[needed]}");
        }
        return wrong.Count == 0 ? null : new Obstacle(Sentence.Join(wrong)) { LiftedBy = "application.manage" };
    }
}

/// <summary>Applications that wait for each other could never deploy: the seal is refused, and the cycle is named.</summary>
internal sealed class DependencyGuard(BatchReleases releases) : IEventGuard
{
    public string Name => "dependencies";

    public bool Guards(BatchEventType type) => type.Seals;

    public async ValueTask<Obstacle?> CheckAsync(EventQuestion question, CancellationToken cancellationToken)
    {
        var order = (await releases.OfAsync(question.Batch, cancellationToken)).ToDictionary(r => r.App.Name, r => (IReadOnlyList<string>)r.DependsOn);
        return DependencyOrder.Cycle(order) is { } cycle ? new Obstacle($"the dependencies form a cycle: {string.Join(" → ", cycle)}") { LiftedBy = "edit" }
            : null;
    }
}
