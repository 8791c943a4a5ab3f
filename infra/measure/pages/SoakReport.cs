namespace DevopsCd.PagesBench;

/// <summary>What became of the memory of host and browser.</summary>
/// <param name="Batches">How many were deployed one after the other, the last one perhaps in part.</param>
/// <param name="Samples">One a minute.</param>
internal sealed record SoakReport(int Batches, IReadOnlyList<SoakSample> Samples);
