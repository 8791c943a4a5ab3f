namespace DevopsCd.Core.Freezes;

/// <summary>What becomes of a stage that runs when a freeze begins.</summary>
internal enum InFlightEffect
{
    /// <summary>It goes on to its end.</summary>
    Finish,

    /// <summary>No further operation of it starts; what is in flight ends.</summary>
    Pause
}
