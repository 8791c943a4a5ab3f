namespace DevopsCd.Core.Gates;

/// <summary>What a call for a gate came to.</summary>
/// <param name="Outcome">What it means.</param>
/// <param name="Detail">For people: short, and without secrets.</param>
/// <param name="After">Of what is looked at again: how long the other side asks to be left alone; null where it says nothing.</param>
internal sealed record GateAnswer(GateOutcome Outcome, string? Detail, TimeSpan? After = null)
{
    public static GateAnswer Passed(string? detail) => new(GateOutcome.Passed, detail);

    public static GateAnswer Failed(string detail) => new(GateOutcome.Failed, detail);

    public static GateAnswer Later(string? detail) => new(GateOutcome.Later, detail);

    public static GateAnswer Again(string detail, TimeSpan? after = null) => new(GateOutcome.Again, detail, after);
}

/// <summary>What an answer means for a gate.</summary>
internal enum GateOutcome
{
    Passed,
    Failed,

    /// <summary>The receiver has it and sends its result later.</summary>
    Later,

    /// <summary>There is no result yet; it is looked at again.</summary>
    Again
}
