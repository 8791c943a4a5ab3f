namespace DevopsCd.Messaging.Chaos;

/// <summary>One thing the run does. A line of its log; a file of such lines can be played again.</summary>
internal sealed record Step
{
    /// <summary>Milliseconds since the start.</summary>
    public required double At { get; init; }

    /// <summary>poke, again (the same message once more), or a disturbance.</summary>
    public required string Do { get; init; }

    public Guid Account { get; init; }

    public Guid Poke { get; init; }

    public string? Kind { get; init; }

    public int Failures { get; init; }

    /// <summary>How long the disturbance lasts, or which node it meets.</summary>
    public int Amount { get; init; }
}
