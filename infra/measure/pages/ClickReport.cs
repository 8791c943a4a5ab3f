using DevopsCd.Testing.Chaos;

namespace DevopsCd.PagesBench;

/// <summary>What a click costs.</summary>
/// <param name="ToScreen">From the click on approve until the new state was painted.</param>
/// <param name="HostProcessor">What the host has used of the processors until that was known here.</param>
/// <param name="Bytes">What it has sent to the page in that time.</param>
internal sealed record ClickReport(Latencies ToScreen, Latencies HostProcessor, long Bytes);
