namespace DevopsCd.Core.Releases;

/// <summary>Why a guard does not let an event pass.</summary>
/// <param name="Reason">For people.</param>
internal sealed record Obstacle(Sentence Reason)
{
    /// <summary>The guard.</summary>
    public string Guard { get; init; } = "";

    public RefusalKind Kind { get; init; } = RefusalKind.Illegal;

    /// <summary>Who can lift it: a permission, or <see cref="Asker" />; null where nobody can but time or the engine.</summary>
    public string? LiftedBy { get; init; }

    /// <summary>Whoever asks can, by asking otherwise.</summary>
    public const string Asker = "asker";

    /// <summary>When it lifts by itself at the earliest; null where that is not known.</summary>
    public DateTimeOffset? EarliestAt { get; init; }

    /// <summary>It is being decided: what is refused now is asked again, and may be heard then.</summary>
    public bool Waits { get; init; }

    /// <summary>It lifts without anybody's asking otherwise: by itself, or by what is being decided.</summary>
    public bool Lifts => EarliestAt is not null || Waits;

    /// <summary>The wrong fields, or the applications that are concerned, with what is to be said of each.</summary>
    public IReadOnlyDictionary<string, Sentence[]> Fields { get; init; } = new Dictionary<string, Sentence[]>();
}
