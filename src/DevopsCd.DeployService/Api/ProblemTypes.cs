using DevopsCd.Contracts.Api;
using DevopsCd.Shared.OpenApi;

namespace DevopsCd.DeployService.Api;

/// <summary>Every kind of problem this service answers.</summary>
internal static class ProblemTypes
{
    public const string Prefix = "urn:devopscd:deploy:";

    public static readonly ProblemType Unreadable =
        Of(400, "unreadable", "The request cannot be read", "The body is missing or not JSON, or a parameter is not of its type.");
    public static readonly ProblemType KeyNeeded = Of(401, "key-needed", "API key required", "The header `X-API-Key` is missing or its key is not known.");
    public static readonly ProblemType OutOfScope =
        Of(403, "out-of-scope", "Not permitted with this key", "The key does not cover the cluster or the namespace.");
    public static readonly ProblemType OperationUnknown = Of(404, "operation-unknown", "Operation unknown",
        "The operation was never accepted here, is older than the history that is kept, or is outside of the key's scope.");
    public static readonly ProblemType NoSuchPath = Of(404, "no-such-path", "Not found", "No route has this path.");
    public static readonly ProblemType NoSuchMethod =
        Of(405, "no-such-method", "Method not allowed", "The path does not accept this method; `Allow` lists those it accepts.");
    public static readonly ProblemType BodyTooSlow = Of(408, "body-too-slow", "The request took too long", "The body was not complete in time.");
    public static readonly ProblemType SameIdOtherBody =
        Of(409, "same-id-other-body", "Accepted with another body", "An operation with this id was accepted with another body.");
    public static readonly ProblemType OperationUnreadable =
        Of(409, "operation-unreadable", "The record cannot be read", "A record of this operation exists and cannot be read.");
    public static readonly ProblemType NothingToRollBack =
        Of(409, "nothing-to-roll-back", "Nothing to roll back", "The operation has ended and changed nothing.");
    public static readonly ProblemType WorkloadBusy =
        Of(409, "workload-busy", "The workload is busy", "Another operation is in progress on the same workload.");
    public static readonly ProblemType NewerOperation =
        Of(409, "newer-operation", "A newer operation exists", "A later operation has deployed to the same workload.");
    public static readonly ProblemType OperationEnded = Of(409, "operation-ended", "The operation has ended", "The operation has ended without success.");
    public static readonly ProblemType OperationReturning =
        Of(409, "operation-returning", "The operation is being returned", "The operation is stopping or being rolled back.");
    public static readonly ProblemType TakesNoPromote =
        Of(409, "takes-no-promote", "Cannot be promoted", "The operation's strategy does not wait for a promote.");
    public static readonly ProblemType NotPaused = Of(409, "not-paused", "Not paused", "The operation is not paused.");
    public static readonly ProblemType OperationBusy =
        Of(409, "operation-busy", "The operation is busy", "Others change the operation at this moment; the request can be sent again.");
    public static readonly ProblemType BodyTooLarge = Of(413, "body-too-large", "The body is too large", "The body is larger than the service accepts.");
    public static readonly ProblemType JsonNeeded = Of(415, "json-needed", "Unsupported content type", "The body is not sent as JSON.");
    public static readonly ProblemType WrongFields =
        Of(422, "wrong-fields", "Some fields are invalid", "A field has a value that is not allowed; `errors` names each with what is allowed.");
    public static readonly ProblemType TooManyRequests =
        Of(429, "too-many-requests", "Too many requests", "The key has sent more requests than its limit allows.", retryAfter: true);
    public static readonly ProblemType Failed = Of(500, "failed", "The service failed", "The service failed.");
    public static readonly ProblemType RecordsUnavailable =
        Of(503, "records-unavailable", "Not available now", "The service's records cannot be reached.", retryAfter: true);

    private static readonly Dictionary<int, ProblemType> s_byStatus = new ProblemType[]
    {
        Unreadable, NoSuchPath, NoSuchMethod, BodyTooSlow, BodyTooLarge, JsonNeeded, Failed
    }.ToDictionary(type => type.Status);

    /// <summary>The kind that a status means where the framework has refused; null for a status it does not refuse with.</summary>
    public static ProblemType? Of(int status) => s_byStatus.GetValueOrDefault(status);

    private static ProblemType Of(int status, string code, string title, string meaning, bool retryAfter = false) =>
        new(status, Prefix + code, title, meaning, typeof(DeployProblem), retryAfter);
}
