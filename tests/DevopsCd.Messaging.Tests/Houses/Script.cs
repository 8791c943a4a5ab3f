using System.Collections.Concurrent;

namespace DevopsCd.Messaging.Tests.Houses;

/// <summary>What the consumers of a house do, told by the test, and what they saw.</summary>
public sealed class Script
{
    public Func<ConsumeContext<Work>, ShopDbContext, IPublishEndpoint, Task> OnWork { get; set; } =
        static (context, _, _) => context.Publish(new Done { WorkId = context.Message.WorkId });

    public ConcurrentQueue<ConsumeContext<Done>> Done { get; } = [];

    public ConcurrentQueue<ParcelMoved> Moved { get; } = [];

    public ConcurrentQueue<Fault<Work>> Faults { get; } = [];

    private int _works;

    public int Works => _works;

    public void CountWork() => Interlocked.Increment(ref _works);
}
