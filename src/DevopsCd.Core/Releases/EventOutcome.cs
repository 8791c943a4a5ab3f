namespace DevopsCd.Core.Releases;

/// <summary>What became of an event.</summary>
internal enum EventOutcome
{
    Accepted,
    Refused,

    /// <summary>Refused for want of a right (R17).</summary>
    Denied,

    /// <summary>A late fact: recorded, nothing changed (R10).</summary>
    Ignored,

    /// <summary>Not an event of the machine, but history: creation, refreshed builds, pins.</summary>
    Noted
}
