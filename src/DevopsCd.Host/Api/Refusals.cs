using DevopsCd.Contracts.Api;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Batches;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DevopsCd.Host.Api;

/// <summary>The engine's refusals as answers.</summary>
internal static class Refusals
{
    /// <param name="refused">What the engine refused, and why.</param>
    /// <param name="lifecycle">Knows the legal events of a state.</param>
    public static ProblemHttpResult Result(BatchRefusedException refused, BatchTransitionTable lifecycle) =>
        Result(refused.Kind, refused.Reason, refused.State, null, refused.FieldTexts, lifecycle);

    /// <param name="kind">Decides the status.</param>
    /// <param name="reason">What is told.</param>
    /// <param name="state">The batch's state, where it was looked at.</param>
    /// <param name="version">The batch's version, where it was looked at.</param>
    /// <param name="fields">What is wrong by field; with a stale request what has changed by application.</param>
    /// <param name="lifecycle">Knows the legal events of a state.</param>
    public static ProblemHttpResult Result(RefusalKind kind, string reason, string? state, int? version, IReadOnlyDictionary<string, string[]> fields,
        BatchTransitionTable lifecycle) => kind switch
        {
            RefusalKind.NotFound => Problems.Of(ProblemTypes.NotFound, reason),
            RefusalKind.Content => Problems.Of(ProblemTypes.Invalid, reason, Errors(fields)),
            RefusalKind.Unreadable => Problems.Of(ProblemTypes.Unreadable, reason, Errors(fields)),
            RefusalKind.Denied => Problems.Of(ProblemTypes.Forbidden, reason, Missing(fields)),
            RefusalKind.Stale => Problems.Of(ProblemTypes.Changed, reason, Changes(fields, version)),
            _ => Problems.Of(ProblemTypes.Refused, reason, Present(state, version, lifecycle))
        };

    private static Dictionary<string, object?> Missing(IReadOnlyDictionary<string, string[]> fields) => new()
    {
        ["permission"] = fields.GetValueOrDefault(BatchRefusedException.Permission)?.FirstOrDefault(),
        ["projects"] = fields.GetValueOrDefault(BatchRefusedException.Projects),
        ["grantedBy"] = fields.GetValueOrDefault(BatchRefusedException.GrantedBy)
    };

    private static Dictionary<string, object?> Errors(IReadOnlyDictionary<string, string[]> fields) => new() { ["errors"] = fields };

    private static Dictionary<string, object?> Changes(IReadOnlyDictionary<string, string[]> fields, int? version)
    {
        var extensions = new Dictionary<string, object?>();
        if (version is not null)
            extensions["version"] = version;
        if (fields.Count > 0)
            extensions["changes"] = fields.Select(f => new ContentChange { Application = f.Key, Changes = f.Value }).ToList();
        return extensions;
    }

    private static Dictionary<string, object?> Present(string? state, int? version, BatchTransitionTable lifecycle)
    {
        var extensions = new Dictionary<string, object?>();
        if (state is null)
            return extensions;
        extensions["state"] = BatchStatus.Code(state);
        extensions["stateName"] = state;
        extensions["availableEvents"] = lifecycle.Available(state);
        if (version is not null)
            extensions["version"] = version;
        return extensions;
    }
}
