using DevopsCd.Contracts.Api;

namespace DevopsCd.Core.Applications;

/// <summary>Nobody to ask: deployments are simulated, or an outside system owns them.</summary>
internal sealed class NoTargetCheck : ITargetCheck
{
    public Task<string?> CheckAsync(string application, TargetView target, CancellationToken cancellationToken) => Task.FromResult<string?>(null);
}
