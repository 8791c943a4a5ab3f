namespace DevopsCd.Core.Applications;

/// <summary>Has targets checked by whoever will deploy them. Before any transaction: whoever waits for another service holds no row.</summary>
internal sealed class TargetReview(ITargetCheck check)
{
    /// <returns>What could not be checked, or null.</returns>
    /// <exception cref="BatchRefusedException">Some can never be deployed as they are; the fields are named.</exception>
    public async Task<IReadOnlyList<string>?> AskAsync(string application, IReadOnlyList<WantedTarget> targets, CancellationToken cancellationToken)
    {
        if (targets.Count == 0)
            return null;
        var findings = await check.CheckAsync(application, [.. targets.Select(target => target.View)], cancellationToken);
        var wrong = targets.Zip(findings, (target, found) => found.Problems.Select(problem => KeyValuePair.Create(target.At + problem.Key, problem.Value)))
            .SelectMany(problems => problems).ToDictionary(StringComparer.Ordinal);
        if (wrong.Count > 0)
            throw BatchRefusedException.Quoted(wrong);
        var notes = findings.Select(found => found.Unchecked).OfType<string>().ToList();
        return notes.Count == 0 ? null : notes;
    }

    /// <inheritdoc cref="AskAsync(string, IReadOnlyList{WantedTarget}, CancellationToken)" />
    public Task<IReadOnlyList<string>?> AskAsync(string application, WantedTarget target, CancellationToken cancellationToken) =>
        AskAsync(application, [target], cancellationToken);
}
