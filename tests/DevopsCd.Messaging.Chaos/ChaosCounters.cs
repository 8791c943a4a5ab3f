namespace DevopsCd.Messaging.Chaos;

/// <summary>What became of everything a run sent.</summary>
public sealed record ChaosCounters
{
    public required int Attempted { get; init; }

    public required int Applied { get; init; }

    public required int Refused { get; init; }

    public required int Parked { get; init; }

    public required int Lost { get; init; }

    public required int Duplicated { get; init; }

    public required int Effects { get; init; }

    public required int EffectsDuplicated { get; init; }

    public required int EffectsMissing { get; init; }

    /// <summary>Accounts or outcomes that are not what the model says.</summary>
    public required int WrongStates { get; init; }

    /// <summary>Messages that were parked although they would have gone through.</summary>
    public required int WrongParked { get; init; }

    /// <summary>How often each kind of step was taken.</summary>
    public required IReadOnlyDictionary<string, int> Steps { get; init; }

    /// <summary>Whether every event has one outcome, every outcome one effect, and every account the state the model gives it.</summary>
    public bool Right =>
        Attempted == Applied + Refused + Parked && Effects == Applied + Refused
        && Lost + Duplicated + EffectsDuplicated + EffectsMissing + WrongStates + WrongParked == 0;

    public override string ToString() =>
        $"attempted {Attempted} = applied {Applied} + refused {Refused} + parked {Parked}; effects {Effects}; lost {Lost}, duplicated {Duplicated}, "
        + $"effects duplicated {EffectsDuplicated}, missing {EffectsMissing}, wrong states {WrongStates}, wrongly parked {WrongParked}; "
        + string.Join(", ", Steps.OrderBy(step => step.Key).Select(step => $"{step.Key} {step.Value}"));
}
