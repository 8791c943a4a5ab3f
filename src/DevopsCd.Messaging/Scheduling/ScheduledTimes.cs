namespace MassTransit.QuartzIntegration;

/// <summary>The moment a <see cref="DateTime" /> means: that of the machine's zone where it says so, UTC otherwise.</summary>
internal static class ScheduledTimes
{
    internal static DateTimeOffset Of(DateTime time, TimeZoneInfo? local = null) => time.Kind == DateTimeKind.Local
        ? new DateTimeOffset(TimeZoneInfo.ConvertTimeToUtc(DateTime.SpecifyKind(time, DateTimeKind.Unspecified), local ?? TimeZoneInfo.Local))
        : new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc));
}
