using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Shared;
using Ical.Net;
using Ical.Net.DataTypes;
using Ical.Net.Evaluation;
using NodaTime;
using Duration = DevopsCd.Shared.Duration;

namespace DevopsCd.Core.Freezes;

/// <summary>What a freeze may say, and what it means.</summary>
internal static class FreezeRules
{
    private const int LongestReason = 500, LongestCluster = 100, MostNames = 100;

    private static readonly TimeSpan s_leastTime = TimeSpan.FromMinutes(1), s_mostTime = TimeSpan.FromDays(366);
    private static readonly string[] s_clocks = ["yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss"];
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerOptions.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private static readonly string[] s_members =
    [
        "reason", "projects", "stages", "clusters", "from", "to", "rule", "start", "duration", "zone", "inFlight"
    ];

    /// <summary>Every wrong field with what is allowed.</summary>
    public static IEnumerable<(string Field, Sentence Allowed)> Problems(FreezeBody freeze)
    {
        foreach (var name in (freeze.Others ?? []).Keys)
            yield return (name, Unknown(name));
        if (string.IsNullOrWhiteSpace(freeze.Reason) || freeze.Reason.Length > LongestReason || PrintableText.Of(freeze.Reason) != freeze.Reason)
            yield return ("reason", $"must say in 1 to {LongestReason} visible characters why nothing starts");
        if (WrongNames(freeze.Projects, BindingRules.IsProject))
            yield return ("projects", $"must name projects, or be absent for all of them; a name is {BindingRules.ProjectWords}");
        if (WrongNames(freeze.Stages, stage => Stages.TryForward(stage, out _)))
            yield return ("stages", $"must be of {string.Join(", ", Stages.Forward.Select(EnumNames<Stage>.Of))}, or be absent for all of them");
        if (WrongNames(freeze.Clusters, cluster => cluster.Length is > 0 and <= LongestCluster && PrintableText.Of(cluster) == cluster))
            yield return ("clusters", "must name clusters, or be absent for all of them");
        if (freeze.InFlight is { } effect && !EnumNames<InFlightEffect>.TryValue(effect, out _))
            yield return ("inFlight", "must be one of: finish, pause");
        foreach (var problem in freeze.Rule is null ? OnceProblems(freeze) : RuleProblems(freeze))
            yield return problem;
    }

    /// <summary>When a freeze holds, of one that has no problems.</summary>
    public static FreezeSchedule Schedule(FreezeBody freeze) => freeze.Rule is { } rule
        ? FreezeSchedule.Recurring(new RecurrenceRule(rule), Clock(freeze.Start)!.Value, freeze.Zone!, Duration.Parse(freeze.Duration).Value)
        : FreezeSchedule.Once(freeze.From!.Value, freeze.To!.Value);

    /// <summary>When it is over for good; null where it recurs without an end, or for so often that nobody need know.</summary>
    public static DateTimeOffset? End(FreezeBody freeze, DateTimeOffset now)
    {
        const int most = 1000;
        if (freeze.Rule is { } text && new RecurrenceRule(text) is { Count: null, Until: null })
            return null;
        var windows = Schedule(freeze).Since(now).Take(most + 1).ToList();
        return windows.Count > most ? null : windows.Count == 0 ? now : windows.Max(w => w.To);
    }

    public static string Write(FreezeBody freeze) => JsonSerializer.Serialize(freeze, s_json);

    public static FreezeBody Parse(string json) => JsonSerializer.Deserialize<FreezeBody>(json, s_json)!;

    private static Sentence Unknown(string name) => NearestName.Of(name, s_members) is { } near
        ? (Sentence)$"is not known; did you mean {near}?"
        : (Sentence)$"is not known; known: {string.Join(", ", s_members)}";

    private static IEnumerable<(string Field, Sentence Allowed)> OnceProblems(FreezeBody freeze)
    {
        foreach (var (field, value) in new[] { ("start", freeze.Start), ("duration", freeze.Duration), ("zone", freeze.Zone) })
            if (value is not null)
                yield return (field, "belongs to a rule; give rule, or from and to");
        if (freeze.From is null)
            yield return ("from", "is required, unless there is a rule");
        if (freeze.To is null)
            yield return ("to", "is required, unless there is a rule");
        if (freeze is { From: { } from, To: { } to } && to - from is var length && (length < s_leastTime || length > s_mostTime))
            yield return ("to", $"must be {new Duration(s_leastTime)} to {new Duration(s_mostTime)} after from");
    }

    private static IEnumerable<(string Field, Sentence Allowed)> RuleProblems(FreezeBody freeze)
    {
        if (freeze.From is not null || freeze.To is not null)
            yield return (freeze.From is not null ? "from" : "to", "is for one time; with a rule give start, duration and zone");
        if (WrongRule(freeze.Rule!) is { } wrong)
            yield return ("rule", wrong);
        if (Clock(freeze.Start) is null)
            yield return ("start", "must be a date and time without offset, such as 2026-12-04T18:00");
        if (!Duration.TryParse(freeze.Duration, out var duration) || duration.Value < s_leastTime || duration.Value > s_mostTime)
            yield return ("duration", $"must be a duration of {new Duration(s_leastTime)} to {new Duration(s_mostTime)}, such as 60h");
        if (freeze.Zone is null || DateTimeZoneProviders.Tzdb.GetZoneOrNull(freeze.Zone) is null)
            yield return ("zone", "must be the IANA name of a time zone, such as Europe/Berlin");
        else if (WrongRule(freeze.Rule!) is null && Clock(freeze.Start) is { } start && duration.Value >= s_leastTime && !Happens(freeze, start))
            yield return ("rule", "never comes true; look at its days");
    }

    private static bool Happens(FreezeBody freeze, DateTime start)
    {
        try
        {
            return Schedule(freeze).Since(new DateTimeOffset(start, TimeSpan.Zero).AddDays(-2)).Any();
        }
        catch (EvaluationException)
        {
            return false;
        }
    }

    private static Sentence? WrongRule(string text)
    {
        Sentence form = "must be a rule as RFC 5545 writes it, such as FREQ=WEEKLY;BYDAY=FR";
        if (!text.Contains("FREQ=", StringComparison.OrdinalIgnoreCase))
            return form;
        try
        {
            return new RecurrenceRule(text) switch
            {
                { Frequency: not (FrequencyType.Daily or FrequencyType.Weekly or FrequencyType.Monthly or FrequencyType.Yearly) } =>
                    (Sentence)"must have FREQ=DAILY, WEEKLY, MONTHLY or YEARLY",
                { ByHour.Count: > 0 } or { ByMinute.Count: > 0 } or { BySecond.Count: > 0 } => (Sentence)"must leave the time of day to start",
                { Until: not null, Count: not null } => (Sentence)"must have COUNT or UNTIL, not both",
                { Interval: < 1 } or { Count: < 1 } => (Sentence)"must have an INTERVAL and a COUNT of at least 1",
                _ => null
            };
        }
        // The library throws whatever it comes upon.
        catch (Exception e) when (e is ArgumentException or FormatException or OverflowException or InvalidOperationException or IndexOutOfRangeException)
        {
            return form;
        }
    }

    private static DateTime? Clock(string? text) =>
        DateTime.TryParseExact(text, s_clocks, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) && time.Year is >= 2000 and < 2200
            ? time : null;

    private static bool WrongNames(IReadOnlyList<string>? names, Func<string, bool> isRight) =>
        names is { Count: 0 or > MostNames } || names?.All(name => name is not null && isRight(name)) == false;
}
