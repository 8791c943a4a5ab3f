namespace DevopsCd.Core.Parking;

/// <summary>How a person's decision on a parked message went.</summary>
internal enum ParkedDecision
{
    Done,

    /// <summary>It was decided the same way before.</summary>
    AlreadySo,

    /// <summary>It was decided otherwise before.</summary>
    DecidedOtherwise,

    NotFound,
}
