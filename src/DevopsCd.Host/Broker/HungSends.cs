using System.Collections.Concurrent;
using MassTransit;

namespace DevopsCd.Host.Broker;

/// <summary>Knows how long the oldest send under way has been so. Every send of ours is given up after ten seconds; one that goes on is stuck.</summary>
internal sealed class HungSends(TimeProvider clock) : ISendObserver
{
    private readonly ConcurrentDictionary<SendContext, long> _begun = new(ReferenceEqualityComparer.Instance);

    public TimeSpan Oldest => _begun.Values.Select(begun => clock.GetElapsedTime(begun)).DefaultIfEmpty().Max();

    public Task PreSend<T>(SendContext<T> context) where T : class
    {
        _begun[context] = clock.GetTimestamp();
        return Task.CompletedTask;
    }

    public Task PostSend<T>(SendContext<T> context) where T : class => EndedAsync(context);

    public Task SendFault<T>(SendContext<T> context, Exception exception) where T : class => EndedAsync(context);

    /// <summary>What has hung until now will not end any more.</summary>
    public void Forget() => _begun.Clear();

    private Task EndedAsync(SendContext context)
    {
        _begun.TryRemove(context, out _);
        return Task.CompletedTask;
    }
}
