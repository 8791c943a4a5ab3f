using DevopsCd.Contracts.Api;

namespace DevopsCd.Cli.Connecting;

/// <summary>Says in one block what the service has against a request: what, which field, what is allowed, and the trace.</summary>
internal static class ProblemText
{
    public static CliException Of(Problem problem) => new(ExitCodeOf(problem.Status), TextOf(problem)) { Problem = problem };

    public static int ExitCodeOf(int status) => status switch
    {
        400 or 413 or 415 or 422 => ExitCodes.Usage,
        401 or 403 or 421 => ExitCodes.NotAllowed,
        409 or 412 => ExitCodes.Refused,
        408 or 429 or 502 or 503 or 504 => ExitCodes.Unreachable,
        _ => ExitCodes.Failed
    };

    /// <summary>What the service says is in the reader's language, where that was asked for; what stands around it is said here.</summary>
    private static FormattableString TextOf(Problem problem)
    {
        FormattableString text = problem.Detail is null ? $"{problem.Title}"
            : problem.Status >= 500 ? (FormattableString)$"{problem.Title}: {problem.Detail}" : $"{problem.Detail}";
        foreach (var (field, wrong) in problem.Errors ?? new Dictionary<string, IReadOnlyList<string>>())
            Line($"{field}", $"{string.Join("; ", wrong)}");
        if (problem.StateName is not null)
            Line($"state", problem.Version is { } at
                ? (FormattableString)$"{problem.State} {problem.StateName}, version {at}" : $"{problem.State} {problem.StateName}");
        else if (problem.Version is { } version)
            Line($"version", $"{version}");
        if (problem.AvailableEvents is { } events)
        {
            var possible = string.Join(", ", events.Where(e => e.By == "person").Select(e => e.Event));
            Line($"allowed now", possible.Length > 0 ? $"{possible}" : (FormattableString)$"nothing that a person does");
        }
        foreach (var change in problem.Changes ?? [])
            Line($"{change.Application}", $"{string.Join("; ", change.Changes)}");
        if (problem.Permission is not null)
            Line($"missing", $"{problem.Permission} in {string.Join(", ", problem.Projects ?? ["*"])}");
        if (problem.GrantedBy is { Count: > 0 } granters)
            Line($"granted by", $"{string.Join(", ", granters)}");
        if (problem.Fields is { Count: > 0 } fields)
            Line($"fields", $"{string.Join(", ", fields)}");
        if (problem.Status == 401)
            Line($"help", $"devopscd login URL, or set DEVOPSCD_TOKEN");
        if (problem.TraceId.Length > 0)
            Line($"trace", $"{problem.TraceId}");
        return text;

        void Line(FormattableString name, FormattableString value) => text = $"{text}\n  {name}: {value}";
    }
}
