using DevopsCd.Testing.Chaos;

namespace DevopsCd.PagesBench;

/// <summary>What first visits cost.</summary>
internal sealed record VisitReport
{
    /// <summary>The one for which the host has run nothing yet of what shows a page.</summary>
    public required Visit AfterStart { get; init; }

    /// <summary>The most bytes of one visit.</summary>
    public required long Bytes { get; init; }

    public required Latencies Paint { get; init; }

    public required Latencies Interactive { get; init; }

    public required Latencies Live { get; init; }
}
