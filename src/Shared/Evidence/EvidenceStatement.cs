namespace DevopsCd.Shared.Evidence;

/// <summary>Something that a file of evidence states, and whether it is so.</summary>
/// <param name="Name">One word for it.</param>
/// <param name="Meaning">What is stated.</param>
/// <param name="Failures">Why it is not so, each naming what is wrong; none when it holds.</param>
internal sealed record EvidenceStatement(string Name, string Meaning, IReadOnlyList<string> Failures)
{
    public bool Holds => Failures.Count == 0;
}
