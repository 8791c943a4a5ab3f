using System.Collections.Concurrent;
using Quartz;

namespace DevopsCd.Messaging.Tests.Scheduling;

public sealed class JobRuns
{
    public ConcurrentQueue<DateTimeOffset?> FireTimes { get; } = [];
}

public sealed class CountingJob(JobRuns runs) : IJob
{
    public ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        runs.FireTimes.Enqueue(context.ScheduledFireTimeUtc);
        return ValueTask.CompletedTask;
    }
}
