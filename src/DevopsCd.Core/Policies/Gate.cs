namespace DevopsCd.Core.Policies;

/// <summary>Something that has to pass before a batch goes on, or before a stage counts as completed (R22): complete, as a policy has it.</summary>
/// <param name="Name">Its name, once in a policy.</param>
/// <param name="Point">Where it stands.</param>
/// <param name="Kind">How it is decided.</param>
internal sealed record Gate(string Name, GatePoint Point, GateKind Kind)
{
    /// <summary>What is called; empty where nothing is.</summary>
    public string Url { get; init; } = "";

    /// <summary>The name of the secret that calls are signed or authorized with; null for none.</summary>
    public string? Secret { get; init; }

    /// <summary>The status that passes.</summary>
    public int Status { get; init; }

    public string Query { get; init; } = "";

    /// <summary>The least value that passes; null for no bound.</summary>
    public double? Min { get; init; }

    /// <summary>The largest value that passes; null for no bound.</summary>
    public double? Max { get; init; }

    /// <summary>For how long the value has to stay within its bounds.</summary>
    public TimeSpan For { get; init; }

    /// <summary>The time between two looks.</summary>
    public TimeSpan Interval { get; init; }

    /// <summary>When it fails for want of a result; null for never.</summary>
    public TimeSpan? Timeout { get; init; }
}
