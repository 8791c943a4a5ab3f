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
        Result(refused.Kind, refused.Reason, refused.State, null, refused.Fields, lifecycle);

    /// <param name="result">A command that was refused, now or when it came the first time: then it is told in the words of the audit.</param>
    /// <param name="lifecycle">Knows the legal events of a state.</param>
    /// <param name="looksAtState">Whether the batch's state is part of the answer.</param>
    public static ProblemHttpResult Result(CommandResult result, BatchTransitionTable lifecycle, bool looksAtState = false) => Result(
        result.RefusalKind ?? RefusalKind.Illegal,
        result.Refused?.Reason ?? Sentence.Quote(result.Reason ?? ""),
        looksAtState ? result.FromState : null,
        looksAtState ? result.Version : null,
        result.Refused?.Fields ?? BatchRefusedException.Quoted(result.Fields).Fields,
        lifecycle);

    private static ProblemHttpResult Result(RefusalKind kind, Sentence reason, string? state, int? version, IReadOnlyDictionary<string, Sentence[]> fields,
        BatchTransitionTable lifecycle) => kind switch
        {
            RefusalKind.NotFound => Problems.Of(ProblemTypes.NotFound, reason),
            RefusalKind.Content => Problems.Of(ProblemTypes.Invalid, reason, say => Errors(fields, say)),
            RefusalKind.Unreadable => Problems.Of(ProblemTypes.Unreadable, reason, say => Errors(fields, say)),
            RefusalKind.Denied => Problems.Of(ProblemTypes.Forbidden, reason, Missing(fields)),
            RefusalKind.Stale => Problems.Of(ProblemTypes.Changed, reason, say => Changes(fields, version, say)),
            _ => Problems.Of(ProblemTypes.Refused, reason, Present(state, version, lifecycle))
        };

    // What a permission and who can give it are called is one language.
    private static Dictionary<string, object?> Missing(IReadOnlyDictionary<string, Sentence[]> fields) => new()
    {
        ["permission"] = Texts(fields, BatchRefusedException.Permission)?.FirstOrDefault(),
        ["projects"] = Texts(fields, BatchRefusedException.Projects),
        ["grantedBy"] = Texts(fields, BatchRefusedException.GrantedBy)
    };

    private static string[]? Texts(IReadOnlyDictionary<string, Sentence[]> fields, string name) =>
        fields.GetValueOrDefault(name) is { } said ? [.. said.Select(one => one.ToString())] : null;

    /// <summary>The member that names what is wrong by field.</summary>
    public static Dictionary<string, object?> Errors(IReadOnlyDictionary<string, Sentence[]> fields, Func<Sentence, string> say) =>
        new() { ["errors"] = fields.ToDictionary(field => field.Key, field => field.Value.Select(say).ToArray(), StringComparer.Ordinal) };

    private static Dictionary<string, object?> Changes(IReadOnlyDictionary<string, Sentence[]> fields, int? version, Func<Sentence, string> say)
    {
        var extensions = new Dictionary<string, object?>();
        if (version is not null)
            extensions["version"] = version;
        if (fields.Count > 0)
            extensions["changes"] = fields.Select(f => new ContentChange { Application = f.Key, Changes = [.. f.Value.Select(say)] }).ToList();
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
