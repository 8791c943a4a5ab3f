using MassTransit.Scheduling;

namespace DevopsCd.Messaging.Tests.Scheduling;

public sealed class EverySecond : DefaultRecurringSchedule
{
    public EverySecond()
    {
        CronExpression = "* * * * * ?";
        ScheduleId = "every-second";
        ScheduleGroup = "tests";
        TimeZoneId = "Etc/UTC";
        StartTime = TimeProvider.System.GetUtcNow();
    }
}
