using MassTransit;
using MassTransit.Scheduling;

namespace DevopsCd.Messaging.Tests.Scheduling;

public sealed class Yearly : DefaultRecurringSchedule
{
    public Yearly(MissedEventPolicy missed)
    {
        CronExpression = "0 0 0 1 1 ?";
        ScheduleId = $"yearly-{missed}";
        ScheduleGroup = "tests";
        TimeZoneId = "Etc/UTC";
        StartTime = TimeProvider.System.GetUtcNow();
        MisfirePolicy = missed;
    }
}
