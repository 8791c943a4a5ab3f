namespace MassTransit.QuartzIntegration;

/// <summary>Headers of a message a schedule sent; the names are those of MassTransit's own Quartz integration.</summary>
internal static class QuartzHeaders
{
    internal const string NextScheduled = "MT-Quartz-NextScheduled";
    internal const string PreviousSent = "MT-Quartz-PreviousSent";
    internal const string ScheduleGroup = "MT-Quartz-ScheduleGroup";
    internal const string ScheduleId = "MT-Quartz-ScheduleId";
    internal const string Scheduled = "MT-Quartz-Scheduled";
    internal const string Sent = "MT-Quartz-Sent";
}
