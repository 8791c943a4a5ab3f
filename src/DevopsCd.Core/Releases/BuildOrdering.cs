namespace DevopsCd.Core.Releases;

/// <summary>What decides a build's place among the builds of its branch (R2).</summary>
internal enum BuildOrdering
{
    /// <summary>The finish time the CI sent.</summary>
    FinishTime,

    /// <summary>Its number, because there is no finish time or it is another build's as well.</summary>
    Number,

    /// <summary>Its arrival, because nothing else orders it.</summary>
    Arrival,
}
