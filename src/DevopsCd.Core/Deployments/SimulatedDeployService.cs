using DevopsCd.Core.Configuration;

namespace DevopsCd.Core.Deployments;

/// <summary>
/// Deploys nothing: an operation ends after a time, as its <see cref="SimulationScript" /> says. Keeps no state: the
/// operation's row says when it began, so that it goes on where it was after a restart.
/// </summary>
internal sealed class SimulatedDeployService(DeployOptions options, TimeProvider clock) : IDeployService
{
    public Task<DeployAnswer> SubmitAsync(Deployment operation, CancellationToken cancellationToken) => LookAsync(operation, cancellationToken);

    public Task<DeployAnswer> LookAsync(Deployment operation, CancellationToken cancellationToken)
    {
        var script = SimulationScript.Of(SealedTarget.One(operation.Target).Settings);
        var bad = operation.Attempt <= script.Attempts;
        if (bad && script.Outcome == "time_out")
            return Task.FromResult<DeployAnswer>(new DeployAnswer.Progressing());
        var left = operation.StartedAt + (script.Duration ?? options.SimulatedDuration.Value) - clock.GetUtcNow();
        return Task.FromResult<DeployAnswer>(
            left > TimeSpan.Zero ? new DeployAnswer.Progressing(left)
            : bad && script.Outcome == "fail" ? new DeployAnswer.Failed(script.Reason)
            : new DeployAnswer.Succeeded());
    }

    public Task<DeployAnswer> StopAsync(Deployment operation, CancellationToken cancellationToken) =>
        Task.FromResult<DeployAnswer>(new DeployAnswer.Stopped());
}
