namespace DevopsCd.Core.Builds;

/// <summary>What became of a reported build.</summary>
/// <param name="BuildId">Its row.</param>
/// <param name="Known">It was known already and changed nothing.</param>
/// <param name="Matched">An application of its name is registered.</param>
internal sealed record IntakeResult(long BuildId, bool Known, bool Matched);
