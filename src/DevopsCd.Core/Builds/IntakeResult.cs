namespace DevopsCd.Core.Builds;

/// <summary>What became of a reported build.</summary>
/// <param name="BuildId">Its row.</param>
/// <param name="BuildNumber">The name it is stored under.</param>
/// <param name="Known">It was known already and changed nothing.</param>
/// <param name="Matched">An application of its name is registered.</param>
/// <param name="Notes">What a person should know about how it was taken.</param>
internal sealed record IntakeResult(long BuildId, string BuildNumber, bool Known, bool Matched, IReadOnlyList<string> Notes);
