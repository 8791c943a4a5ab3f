using DevopsCd.Testing.Chaos;

namespace DevopsCd.PagesBench;

/// <summary>What a click costs.</summary>
/// <param name="ToScreen">From the click on approve until the new state was painted.</param>
internal sealed record ClickReport(Latencies ToScreen);
