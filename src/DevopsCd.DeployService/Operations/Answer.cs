using DevopsCd.Contracts.Api;

namespace DevopsCd.DeployService.Operations;

/// <summary>What a command has come to: an HTTP status, and the operation or the reason why not.</summary>
internal sealed record Answer(int Status, DeployOperationView? View = null, string? Code = null, string? Detail = null, Dictionary<string, string[]>? Errors = null)
{
    public static Answer Ok(DeployOperationView view) => new(StatusCodes.Status200OK, view);
    public static Answer Created(DeployOperationView view) => new(StatusCodes.Status201Created, view);
    public static Answer Conflict(string code, string detail) => new(StatusCodes.Status409Conflict, Code: code, Detail: detail);
    public static Answer Forbidden(string detail) => new(StatusCodes.Status403Forbidden, Code: "out-of-scope", Detail: detail);

    public static Answer Unknown(string id) =>
        new(StatusCodes.Status404NotFound, Code: "operation-unknown", Detail: $"operation '{id}' is not known: it was never accepted here, or is older than the history that is kept");

    public static Answer Wrong(Dictionary<string, string[]> errors) =>
        new(StatusCodes.Status422UnprocessableEntity, Code: "wrong-fields", Detail: string.Join("; ", errors.Select(e => $"{e.Key}: {string.Join(", ", e.Value)}")), Errors: errors);
}
