namespace DevopsCd.Core.Gates;

/// <summary>The words for a gate's result, in answers of receivers and in requests.</summary>
internal static class GateResults
{
    public const string Passed = "passed";
    public const string Failed = "failed";
}
