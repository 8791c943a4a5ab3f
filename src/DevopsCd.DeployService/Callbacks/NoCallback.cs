using DevopsCd.Contracts;

namespace DevopsCd.DeployService.Callbacks;

/// <summary>Nobody is told; the engine polls.</summary>
internal sealed class NoCallback : ICallback
{
    public string Kind => CallbackKinds.None;

    public Task SendAsync(DeploymentReported report, DateTimeOffset endedAt, CancellationToken cancellationToken) => Task.CompletedTask;
}
