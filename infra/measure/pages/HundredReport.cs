using DevopsCd.Testing.Chaos;

namespace DevopsCd.PagesBench;

/// <summary>What many open pages cost, and how fast they are.</summary>
internal sealed record HundredReport
{
    public required int Pages { get; init; }

    /// <summary>From the commit until the document had the change, over all pages and changes.</summary>
    public required Latencies Changed { get; init; }

    /// <summary>From the commit until the frame with it was painted.</summary>
    public required Latencies Painted { get; init; }

    /// <summary>Resident memory of the host after the pages were opened, more than with one page.</summary>
    public required double MegabytesMore { get; init; }

    /// <summary>The same after all changes.</summary>
    public required double MegabytesMoreAfterChanges { get; init; }
}
