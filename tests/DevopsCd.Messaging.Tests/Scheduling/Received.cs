using System.Collections.Concurrent;
using System.Threading.Channels;
using MassTransit;

namespace DevopsCd.Messaging.Tests.Scheduling;

/// <summary>What arrived, in order, with when; a test waits for the next one instead of sleeping.</summary>
public sealed class Received
{
    private readonly Channel<Arrival> _arrivals = Channel.CreateUnbounded<Arrival>();

    public ConcurrentQueue<Arrival> All { get; } = [];

    public void Add(ConsumeContext<Pinged> context, DateTimeOffset at)
    {
        var arrival = new Arrival(
            context.Message.Text, at, context.MessageId, context.ConversationId, context.InitiatorId, context.SourceAddress,
            context.Headers.ToDictionary(header => header.Key, header => header.Value));
        All.Enqueue(arrival);
        _arrivals.Writer.TryWrite(arrival);
    }

    public async Task<Arrival> Next(int seconds = 20)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        try
        {
            return await _arrivals.Reader.ReadAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"Nothing arrived within {seconds} s; before that: {string.Join(", ", All.Select(a => a.Text))}");
        }
    }

    public sealed record Arrival(
        string Text, DateTimeOffset At, Guid? MessageId, Guid? ConversationId, Guid? InitiatorId, Uri? SourceAddress,
        IReadOnlyDictionary<string, object> Headers);
}
