using DevopsCd.Contracts.Api;

namespace DevopsCd.Core.Applications;

/// <summary>Nobody to ask: deployments are simulated, or an outside system owns them.</summary>
internal sealed class NoTargetCheck : ITargetCheck
{
    public Task<IReadOnlyList<TargetFinding>> CheckAsync(string application, IReadOnlyList<TargetView> targets, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<TargetFinding>>([.. targets.Select(_ => TargetFinding.Fine)]);
}
