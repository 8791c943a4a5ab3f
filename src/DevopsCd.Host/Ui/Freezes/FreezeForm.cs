using DevopsCd.Contracts.Api;
using DevopsCd.Host.Ui.Controls;

namespace DevopsCd.Host.Ui.Freezes;

/// <summary>A freeze as a person fills it in: once in the time of their own clock, or by a rule on the clock of a zone.</summary>
public sealed class FreezeForm
{
    /// <summary>Rules that people ask for most, as RFC 5545 writes them.</summary>
    public static readonly IReadOnlyList<string> CommonRules = ["FREQ=WEEKLY;BYDAY=FR", "FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
        "FREQ=MONTHLY;BYMONTHDAY=-1"];

    public string Name { get; set; } = "";

    public string Reason { get; set; } = "";

    public HashSet<string> Projects { get; } = new(StringComparer.Ordinal);

    public HashSet<string> Stages { get; } = new(StringComparer.Ordinal);

    /// <summary>Names, separated by commas.</summary>
    public string Clusters { get; set; } = "";

    public bool Recurs { get; set; }

    public DateTime? From { get; set; }

    public DateTime? To { get; set; }

    public string Rule { get; set; } = CommonRules[0];

    public DateTime? Start { get; set; }

    public string Duration { get; set; } = "";

    public string Zone { get; set; } = "";

    public bool Pauses { get; set; }

    /// <summary>An empty one, for a reader with this clock.</summary>
    internal static FreezeForm New(ReaderClock clock) => new() { Zone = clock.Zone };

    internal static FreezeForm Of(FreezeView view, ReaderClock clock)
    {
        var freeze = view.Freeze;
        var form = new FreezeForm
        {
            Name = view.Name,
            Reason = freeze.Reason,
            Clusters = string.Join(", ", freeze.Clusters ?? []),
            Recurs = freeze.Rule is not null,
            From = freeze.From is { } from ? clock.Local(from) : null,
            To = freeze.To is { } to ? clock.Local(to) : null,
            Rule = freeze.Rule ?? CommonRules[0],
            Start = DateTime.TryParse(freeze.Start, System.Globalization.CultureInfo.InvariantCulture, out var start) ? start : null,
            Duration = freeze.Duration ?? "",
            Zone = freeze.Zone ?? clock.Zone,
            Pauses = freeze.InFlight == "pause"
        };
        form.Projects.UnionWith(freeze.Projects ?? []);
        form.Stages.UnionWith(freeze.Stages ?? []);
        return form;
    }

    /// <summary>What was filled in, as the API takes it; a time that the reader's zone leaves out is missing in it.</summary>
    internal FreezeBody ToBody(ReaderClock clock)
    {
        var clusters = Clusters.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return new FreezeBody
        {
            Reason = Reason.Trim(),
            Projects = Projects.Count == 0 ? null : [.. Projects.Order(StringComparer.Ordinal)],
            Stages = Stages.Count == 0 ? null : [.. Stages.Order(StringComparer.Ordinal)],
            Clusters = clusters.Length == 0 ? null : clusters,
            From = !Recurs && From is { } from ? clock.At(from) : null,
            To = !Recurs && To is { } to ? clock.At(to) : null,
            Rule = Recurs ? Rule.Trim() : null,
            Start = Recurs && Start is { } start ? start.ToString("yyyy-MM-dd'T'HH:mm", System.Globalization.CultureInfo.InvariantCulture) : null,
            Duration = Recurs ? Duration.Trim() : null,
            Zone = Recurs ? Zone.Trim() : null,
            InFlight = Pauses ? "pause" : null
        };
    }
}
