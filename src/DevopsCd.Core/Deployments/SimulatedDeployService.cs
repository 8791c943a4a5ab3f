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
        var healed = operation.Restarts >= script.Restarts;
        if (bad && script.Outcome == "time_out")
            return Task.FromResult<DeployAnswer>(new DeployAnswer.Progressing());
        // Of a later run the row does not say when it began; the earlier ones took their time.
        var left = operation.Restarts > 0 ? TimeSpan.Zero : operation.StartedAt + (script.Duration ?? options.SimulatedDuration.Value) - clock.GetUtcNow();
        return Task.FromResult<DeployAnswer>(
            left > TimeSpan.Zero ? new DeployAnswer.Progressing(left)
            : bad && !healed && script.Outcome == "fail"
                ? new DeployAnswer.Failed(script.Reason) { Cause = script.CauseOf(operation.Application, clock.GetUtcNow()) }
            : new DeployAnswer.Succeeded());
    }

    public Task<DeployAnswer> StopAsync(Deployment operation, CancellationToken cancellationToken) =>
        Task.FromResult<DeployAnswer>(new DeployAnswer.Stopped
        {
            Cause = SimulationScript.Of(SealedTarget.One(operation.Target).Settings) is { Outcome: "time_out" } script && operation.Attempt <= script.Attempts
                ? script.CauseOf(operation.Application, clock.GetUtcNow())
                : null
        });
}
