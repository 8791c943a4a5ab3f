using DevopsCd.Contracts.Api;

namespace DevopsCd.Core.Applications;

/// <summary>Whoever will deploy a target says whether it could.</summary>
internal interface ITargetCheck
{
    /// <returns>Why it could not be checked, or null.</returns>
    /// <exception cref="BatchRefusedException">The target can never be deployed as it is; the fields are named.</exception>
    Task<string?> CheckAsync(string application, TargetView target, CancellationToken cancellationToken);
}
