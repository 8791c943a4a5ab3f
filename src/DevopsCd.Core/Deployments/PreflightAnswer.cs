namespace DevopsCd.Core.Deployments;

/// <summary>What a deploy service has against operations, in their order; each null where it has nothing.</summary>
/// <param name="Problems">By field or check.</param>
/// <param name="Note">Why it could not be asked; null where it was.</param>
internal sealed record PreflightAnswer(IReadOnlyList<IReadOnlyDictionary<string, string[]>?> Problems, string? Note)
{
    public static PreflightAnswer NotAsked(int count, string note) => new([.. Enumerable.Repeat<IReadOnlyDictionary<string, string[]>?>(null, count)], note);
}
