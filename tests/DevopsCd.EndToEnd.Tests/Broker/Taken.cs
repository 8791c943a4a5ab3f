using System.Collections.Concurrent;

namespace DevopsCd.EndToEnd.Tests.Broker;

/// <summary>What the small consumers of these tests took, and what they are told to do.</summary>
internal sealed class Taken
{
    private readonly ConcurrentQueue<Taking> _all = new();

    public IReadOnlyCollection<Taking> All => _all;

    public Func<object, Task> Then { get; set; } = _ => Task.CompletedTask;

    public async Task Take(object message, Guid? id, string? user)
    {
        await Then(message);
        _all.Enqueue(new Taking(message, id, user));
    }
}

internal sealed record Taking(object Message, Guid? MessageId, string? User);
