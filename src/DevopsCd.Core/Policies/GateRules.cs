using System.Text.Json;
using System.Text.Json.Serialization;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.MessageContracts;
using DevopsCd.Core.Outbound;
using DevopsCd.Shared;

namespace DevopsCd.Core.Policies;

/// <summary>What the gates of a policy may say, and what they come to.</summary>
internal static class GateRules
{
    private const int Most = 20, LongestUrl = 500, LongestQuery = 2000;

    private static readonly JsonSerializerOptions s_stored =
        new(JsonSerializerOptions.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private static readonly string[] s_members = [.. ContractShape.Of(typeof(GateBody)).Members.Select(member => member.Name)];
    private static readonly TimeSpan s_least = TimeSpan.FromSeconds(1), s_mostInterval = TimeSpan.FromHours(1), s_most = TimeSpan.FromDays(30);
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(30), s_timeout = TimeSpan.FromHours(1);

    /// <summary>Every wrong field with what is allowed.</summary>
    public static IEnumerable<(string Field, Sentence Allowed)> Problems(IReadOnlyList<GateBody>? gates, GateBounds bounds)
    {
        if (gates is null)
            yield break;
        if (gates.Count > Most || gates.Any(gate => gate is null))
        {
            yield return ("gates", $"must be at most {Most}, each an object with name, at and kind");
            yield break;
        }
        foreach (var twice in gates.GroupBy(g => g.Name ?? "", StringComparer.Ordinal).Where(g => g.Key.Length > 0 && g.Count() > 1))
            yield return ("gates", $"each name once; twice: {twice.Key}");
        for (var i = 0; i < gates.Count; i++)
            foreach (var (field, allowed) in Problems(gates[i], bounds))
                yield return ($"gates[{i}].{field}", allowed);
    }

    /// <summary>A gate as rows keep it: the same text, the same gate.</summary>
    public static string Write(Gate gate) => JsonSerializer.Serialize(View(gate), s_stored);

    /// <param name="stored">As <see cref="Write" /> writes it.</param>
    public static Gate Parse(string stored) => Complete(JsonSerializer.Deserialize<GateBody>(stored, s_stored)!);

    /// <summary>The gate, of one that has no problems.</summary>
    public static Gate Complete(GateBody gate)
    {
        var kind = EnumNames<GateKind>.Value(gate.Kind!);
        return new Gate(gate.Name!, EnumNames<GatePoint>.Value(gate.At!), kind)
        {
            Url = gate.Url ?? "",
            Secret = gate.Secret,
            Status = gate.Status ?? 200,
            Query = gate.Query ?? "",
            Min = gate.Min,
            Max = gate.Max,
            For = Time(gate.For) ?? TimeSpan.Zero,
            Interval = Time(gate.Interval) ?? s_interval,
            Timeout = Time(gate.Timeout) ?? (kind == GateKind.Manual ? null : s_timeout)
        };
    }

    /// <summary>A complete gate as people see it.</summary>
    public static GateBody View(Gate gate)
    {
        var (looks, measures) = (gate.Kind is GateKind.Http or GateKind.Prometheus, gate.Kind == GateKind.Prometheus);
        return new GateBody
        {
            Name = gate.Name,
            At = EnumNames<GatePoint>.Of(gate.Point),
            Kind = EnumNames<GateKind>.Of(gate.Kind),
            Url = gate.Kind == GateKind.Manual ? null : gate.Url,
            Secret = gate.Secret,
            Status = gate.Kind == GateKind.Http ? gate.Status : null,
            Query = measures ? gate.Query : null,
            Min = gate.Min,
            Max = gate.Max,
            For = measures ? new Duration(gate.For).ToString() : null,
            Interval = looks ? new Duration(gate.Interval).ToString() : null,
            Timeout = gate.Timeout is { } time ? new Duration(time).ToString() : null
        };
    }

    private static IEnumerable<(string Field, Sentence Allowed)> Problems(GateBody gate, GateBounds bounds)
    {
        foreach (var problem in PolicyRules.Unknown("", gate.Others, s_members))
            yield return problem;
        if (gate.Name is null || !BindingRules.IsProject(gate.Name))
            yield return ("name", $"must be {BindingRules.ProjectWords}");
        if (gate.At is null || !EnumNames<GatePoint>.TryValue(gate.At, out _))
            yield return ("at", $"must be one of: {string.Join(", ", Enum.GetValues<GatePoint>().Select(EnumNames<GatePoint>.Of))}");
        if (gate.Kind is null || !EnumNames<GateKind>.TryValue(gate.Kind, out var kind))
        {
            yield return ("kind", $"must be one of: {string.Join(", ", Enum.GetValues<GateKind>().Select(EnumNames<GateKind>.Of))}");
            yield break;
        }
        foreach (var problem in Misplaced(gate, kind).Concat(kind == GateKind.Manual ? [] : Call(gate, bounds)).Concat(Times(gate)))
            yield return problem;
        if (kind != GateKind.Prometheus)
            yield break;
        if (string.IsNullOrWhiteSpace(gate.Query) || gate.Query.Length > LongestQuery)
            yield return ("query", $"must be a query of 1 to {LongestQuery} characters");
        if (gate.Min is null && gate.Max is null)
            yield return ("max", "needs min, max or both");
        else if (gate.Min > gate.Max)
            yield return ("max", "must not be less than min");
    }

    /// <summary>What a kind has no use for would be believed to count.</summary>
    private static IEnumerable<(string Field, Sentence Allowed)> Misplaced(GateBody gate, GateKind kind)
    {
        var looks = kind is GateKind.Http or GateKind.Prometheus;
        var given = new (string Field, bool IsGiven, bool Belongs)[]
        {
            ("url", gate.Url is not null, kind != GateKind.Manual),
            ("secret", gate.Secret is not null, kind != GateKind.Manual),
            ("status", gate.Status is not null, kind == GateKind.Http),
            ("query", gate.Query is not null, kind == GateKind.Prometheus),
            ("min", gate.Min is not null, kind == GateKind.Prometheus),
            ("max", gate.Max is not null, kind == GateKind.Prometheus),
            ("for", gate.For is not null, kind == GateKind.Prometheus),
            ("interval", gate.Interval is not null, looks)
        };
        foreach (var (field, _, _) in given.Where(g => g is { IsGiven: true, Belongs: false }))
            yield return (field, $"has no meaning for the kind {EnumNames<GateKind>.Of(kind)}; leave it out");
    }

    private static IEnumerable<(string Field, Sentence Allowed)> Call(GateBody gate, GateBounds bounds)
    {
        if (gate.Url is not { Length: > 0 and <= LongestUrl })
            yield return ("url", $"must be an address of at most {LongestUrl} characters");
        else if (OutboundPolicy.Problem(gate.Url, bounds.Outbound) is { } problem)
            yield return ("url", $"{problem}");
        else if (new Uri(gate.Url) is { UserInfo.Length: > 0 })
            yield return ("url", "must hold no user and no password, for the project's viewers see it; name a secret instead");
        if (gate.Secret is { } secret && !bounds.Secrets.Contains(secret))
            yield return ("secret", bounds.Secrets.Count == 0
                ? (Sentence)$"'{secret}' is not configured; core:gates:secrets has none"
                : (Sentence)$"'{secret}' is not configured; core:gates:secrets has: {string.Join(", ", bounds.Secrets.Order(StringComparer.Ordinal))}");
        if (gate.Status is < 100 or > 599)
            yield return ("status", "must be 100 to 599");
    }

    private static IEnumerable<(string Field, Sentence Allowed)> Times(GateBody gate)
    {
        if (Wrong(gate.Interval, s_mostInterval) is { } interval)
            yield return ("interval", interval);
        if (Wrong(gate.Timeout, s_most) is { } timeout)
            yield return ("timeout", timeout);
        if (Wrong(gate.For, s_most) is { } time)
            yield return ("for", time);
        else if (Time(gate.For) is { } lasts && Wrong(gate.Timeout, s_most) is null && lasts >= (Time(gate.Timeout) ?? s_timeout))
            yield return ("for", "must be shorter than timeout");
    }

    private static Sentence? Wrong(string? text, TimeSpan most) => PolicyRules.WrongTime(text, s_least, most);

    private static TimeSpan? Time(string? text) => text is null ? null : Duration.Parse(text).Value;
}
