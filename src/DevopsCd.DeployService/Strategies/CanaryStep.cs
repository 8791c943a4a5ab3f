using DevopsCd.DeployService.Configuration;
using DevopsCd.Shared;

namespace DevopsCd.DeployService.Strategies;

/// <summary>One step: the share of the traffic in percent, and what happens before the next one.</summary>
/// <param name="Weight">1 to 100.</param>
/// <param name="Manual">Waits for a promote.</param>
/// <param name="Pause">How long to stay at this weight.</param>
internal sealed record CanaryStep(int Weight, bool Manual, Duration Pause);
