using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Api;
using DevopsCd.Shared.OpenApi;

namespace DevopsCd.DeployService.Operations;

/// <summary>The result of a command: the operation, or the reason why it was refused.</summary>
/// <param name="View">The operation; null when refused.</param>
/// <param name="IsNew">The command created it.</param>
/// <param name="Problem">The kind of refusal; null when there is none.</param>
/// <param name="Detail">Why it was refused, for people.</param>
/// <param name="Errors">What is wrong by field.</param>
internal sealed record Answer(DeployOperationView? View, bool IsNew = false, ProblemType? Problem = null, string? Detail = null,
    Dictionary<string, string[]>? Errors = null)
{
    public static Answer Ok(DeployOperationView view) => new(view);
    public static Answer Created(DeployOperationView view) => new(view, IsNew: true);
    public static Answer Refused(ProblemType problem, string detail) => new(null, Problem: problem, Detail: detail);

    public static Answer Unknown(string id) =>
        Refused(ProblemTypes.OperationUnknown, $"operation '{id}' is not known: it was never accepted here, or is older than the history that is kept");

    public static Answer Wrong(Dictionary<string, string[]> errors) =>
        new(null, Problem: ProblemTypes.WrongFields, Detail: string.Join("; ", errors.Select(e => $"{e.Key}: {string.Join(", ", e.Value)}")), Errors: errors);
}
