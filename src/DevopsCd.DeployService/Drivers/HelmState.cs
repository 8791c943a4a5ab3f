namespace DevopsCd.DeployService.Drivers;

/// <summary>Who runs helm for an operation; another replica takes over when the heartbeat has stopped.</summary>
internal sealed record HelmState(string Runner, DateTimeOffset HeartbeatAt, int Tries);
