using System.Text.Json;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.MessageContracts;
using DevopsCd.Shared;

namespace DevopsCd.Core.Policies;

/// <summary>What a policy may say, and what it comes to.</summary>
internal sealed class PolicyRules(PolicyBounds bounds)
{
    public const int MostApprovals = 20;

    private const int LongestGroup = 200;

    private static readonly string[] s_members = [.. ContractShape.Of(typeof(ProjectPolicyBody)).Members.Select(member => member.Name)];
    private static readonly string[] s_approvalMembers = [.. ContractShape.Of(typeof(ApprovalPolicyBody)).Members.Select(member => member.Name)];
    private static readonly TimeSpan s_leastTime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_leastExpiry = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_mostExpiry = TimeSpan.FromDays(365);
    private static readonly TimeSpan s_mostSoak = TimeSpan.FromDays(7);

    /// <summary>The policy of a project that has set none.</summary>
    public ProjectPolicy Default => Complete(new ProjectPolicyBody());

    /// <param name="stored">As <see cref="Project.Policy" /> keeps it.</param>
    public static ProjectPolicyBody Parse(string stored) => JsonSerializer.Deserialize<ProjectPolicyBody>(stored, JsonSerializerOptions.Web)!;

    public static string Write(ProjectPolicyBody policy) => JsonSerializer.Serialize(policy, s_stored);

    private static readonly JsonSerializerOptions s_stored = new(JsonSerializerOptions.Web)
    {
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull
    };

    /// <summary>Every wrong field with what is allowed.</summary>
    public IEnumerable<(string Field, Sentence Allowed)> Problems(ProjectPolicyBody policy)
    {
        foreach (var problem in Unknown("", policy.Others, s_members).Concat(Problems("approvals", policy.Approvals))
            .Concat(Problems("prodApprovals", policy.ProdApprovals)))
            yield return problem;
        if (policy.ProdApprovals is { OnChange: not null })
            yield return ("prodApprovals.onChange", "has no meaning there: the content is sealed; leave it out");
        if (policy.ConcurrentApps is { } apps && (apps < 1 || apps > bounds.ConcurrentApps))
            yield return ("concurrentApps", $"must be 1 to {bounds.ConcurrentApps} (core:deploy:concurrent_apps)");
        if (WrongTime(policy.SingleAppTimeout, s_leastTime, bounds.SingleAppTimeout) is { } app)
            yield return ("singleAppTimeout", $"{app} (core:deploy:single_app_timeout)");
        if (WrongTime(policy.BatchTimeout, s_leastTime, bounds.BatchTimeout) is { } batch)
            yield return ("batchTimeout", $"{batch} (core:deploy:batch_timeout)");
        if (WrongTime(policy.Soak, TimeSpan.Zero, s_mostSoak) is { } soak)
            yield return ("soak", soak);
        if (policy.Channels is { Count: 0 })
            yield return ("channels", "must name at least one channel, or be absent");
        foreach (var unknown in policy.Channels?.Except(bounds.Channels, StringComparer.Ordinal) ?? [])
            yield return ("channels", $"'{unknown}' is not a configured channel; configured: {string.Join(", ", bounds.Channels)}");
        foreach (var problem in GateRules.Problems(policy.Gates, bounds.Gates))
            yield return problem;
    }

    /// <summary>
    /// A policy with its defaults, within the bounds as they are now: a policy may have been set while the configuration allowed more.
    /// </summary>
    public ProjectPolicy Complete(ProjectPolicyBody policy) => new()
    {
        Approvals = Complete(policy.Approvals ?? new ApprovalPolicyBody()),
        ProdApprovals = policy.ProdApprovals is { } prod ? Complete(prod) : null,
        AutomaticPreDeploy = policy.AutomaticPreDeploy ?? true,
        ConcurrentApps = Math.Min(policy.ConcurrentApps ?? bounds.ConcurrentApps, bounds.ConcurrentApps),
        SingleAppTimeout = AtMost(bounds.SingleAppTimeout, policy.SingleAppTimeout),
        BatchTimeout = AtMost(bounds.BatchTimeout, policy.BatchTimeout),
        Soak = policy.Soak is { } soak ? Duration.Parse(soak) : TimeSpan.Zero,
        Channels = policy.Channels?.Intersect(bounds.Channels, StringComparer.Ordinal).ToList() is { Count: > 0 } channels ? channels : null,
        Gates = [.. (policy.Gates ?? []).Select(GateRules.Complete)]
    };

    /// <summary>A complete policy as people see it.</summary>
    public static ProjectPolicyBody View(ProjectPolicy policy) => new()
    {
        Approvals = View(policy.Approvals),
        ProdApprovals = policy.ProdApprovals is { } prod ? View(prod) with { OnChange = null } : null,
        AutomaticPreDeploy = policy.AutomaticPreDeploy,
        ConcurrentApps = policy.ConcurrentApps,
        SingleAppTimeout = new Duration(policy.SingleAppTimeout).ToString(),
        BatchTimeout = new Duration(policy.BatchTimeout).ToString(),
        Soak = new Duration(policy.Soak).ToString(),
        Channels = policy.Channels,
        Gates = policy.Gates.Count == 0 ? null : [.. policy.Gates.Select(GateRules.View)]
    };

    private ApprovalPolicy Complete(ApprovalPolicyBody policy) => new()
    {
        Required = policy.Required ?? 1,
        Groups = policy.Groups ?? new Dictionary<string, int>(),
        NotByAuthor = policy.NotByAuthor ?? !bounds.NobodyLogsIn,
        ExpireAfter = policy.ExpireAfter is null ? null : Duration.Parse(policy.ExpireAfter).Value,
        OnChange = policy.OnChange is null ? ChangeEffect.Keep : EnumNames<ChangeEffect>.Value(policy.OnChange)
    };

    private static ApprovalPolicyBody View(ApprovalPolicy policy) => new()
    {
        Required = policy.Required,
        Groups = policy.Groups.Count == 0 ? null : policy.Groups,
        NotByAuthor = policy.NotByAuthor,
        ExpireAfter = policy.ExpireAfter is { } time ? new Duration(time).ToString() : null,
        OnChange = EnumNames<ChangeEffect>.Of(policy.OnChange)
    };

    private static IEnumerable<(string Field, Sentence Allowed)> Problems(string field, ApprovalPolicyBody? policy)
    {
        if (policy is null)
            yield break;
        foreach (var problem in Unknown($"{field}.", policy.Others, s_approvalMembers))
            yield return problem;
        if (policy.Required is < 1 or > MostApprovals)
            yield return ($"{field}.required", $"must be 1 to {MostApprovals}");
        var required = policy.Required ?? 1;
        foreach (var (group, people) in policy.Groups ?? new Dictionary<string, int>())
            if (group.Length > LongestGroup || string.IsNullOrWhiteSpace(group) || PrintableText.Of(group) != group)
                yield return ($"{field}.groups", $"must name groups by 1 to {LongestGroup} visible characters");
            else if (people < 1 || people > required)
                yield return ($"{field}.groups", $"'{group}' must be 1 to {required}, which is what {field}.required asks for");
        if (WrongTime(policy.ExpireAfter, s_leastExpiry, s_mostExpiry) is { } wrong)
            yield return ($"{field}.expireAfter", wrong);
        if (policy.OnChange is { } effect && !EnumNames<ChangeEffect>.TryValue(effect, out _))
            yield return ($"{field}.onChange", "must be one of: keep, hold, void");
    }

    /// <summary>Each member that nothing knows.</summary>
    internal static IEnumerable<(string Field, Sentence Allowed)> Unknown(
        string path, IReadOnlyDictionary<string, JsonElement>? members, IReadOnlyCollection<string> known) =>
        (members ?? new Dictionary<string, JsonElement>()).Keys.Select(name => ($"{path}{name}", NearestName.Of(name, known) is { } near
            ? (Sentence)$"is not known; did you mean {near}?"
            : (Sentence)$"is not known; known: {string.Join(", ", known)}"));

    /// <summary>What a time must be, where it is something else.</summary>
    internal static Sentence? WrongTime(string? text, TimeSpan least, TimeSpan most) =>
        text is null || (Duration.TryParse(text, out var time) && time.Value >= least && time.Value <= most)
            ? null
            : (Sentence)$"must be a duration of {new Duration(least)} to {new Duration(most)}, such as 90s, 10m or 2h";

    private static TimeSpan AtMost(TimeSpan bound, string? text) => text is not null && Duration.Parse(text).Value is var time && time < bound ? time : bound;
}
