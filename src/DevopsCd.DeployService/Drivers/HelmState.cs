namespace DevopsCd.DeployService.Drivers;

/// <summary>Who runs helm for an operation; another replica takes over when the heartbeat has stopped.</summary>
/// <param name="Runner">The process that runs it.</param>
/// <param name="HeartbeatAt">When that process last showed that it lives.</param>
/// <param name="Tries">How often helm was started.</param>
/// <param name="After">The release's newest revision before the first try.</param>
/// <param name="Inherited">A runner has died: what it left behind is ours to clear away.</param>
internal sealed record HelmState(string Runner, DateTimeOffset HeartbeatAt, int Tries, int After = 0, bool Inherited = false);
