namespace DevopsCd.Core.Parking;

/// <summary>What became of a parked message.</summary>
internal enum ParkedStatus
{
    /// <summary>It waits for a person.</summary>
    Parked,

    /// <summary>It was sent again, as it was or corrected.</summary>
    Replayed,

    /// <summary>Somebody decided that it is not needed.</summary>
    Discarded,
}
