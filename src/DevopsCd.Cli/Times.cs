using System.Globalization;

namespace DevopsCd.Cli;

/// <summary>Times on the command line.</summary>
internal static class Times
{
    /// <exception cref="CliException">It is no time.</exception>
    public static DateTimeOffset? Of(string? text, string option) => text is null ? null
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out var time) ? time
        : throw CliException.Usage($"{option} is no time: write it as 2026-12-24T18:00 (the clock here) or 2026-12-24T18:00+01:00");
}
