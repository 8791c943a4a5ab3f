using DevopsCd.Contracts.Api;

namespace DevopsCd.Core.Applications;

/// <summary>Whoever will deploy targets says whether it could.</summary>
internal interface ITargetCheck
{
    /// <returns>One finding for each, in their order.</returns>
    Task<IReadOnlyList<TargetFinding>> CheckAsync(string application, IReadOnlyList<TargetView> targets, CancellationToken cancellationToken);
}
