using System.Diagnostics;
using System.Text.Json;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace DevopsCd.Bench;

/// <summary>RabbitMQ alone: nothing is stored, so the steps are counted where they are consumed.</summary>
internal static class RelayMeasurement
{
    internal static async Task Run(Options options)
    {
        await using var connection =
            await new ConnectionFactory { Uri = new Uri(options.Rabbit), ConsumerDispatchConcurrency = Options.Concurrency }.CreateConnectionAsync();
        await using var consuming = await connection.CreateChannelAsync();
        await using var publishing = await connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        await consuming.QueueDeclareAsync("bench", durable: true, exclusive: false, autoDelete: false);
        await consuming.BasicQosAsync(0, Options.Prefetch, false);
        var expected = options.Sagas * Advance.Steps;
        var seen = 0;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var consumer = new AsyncEventingBasicConsumer(consuming);
        consumer.ReceivedAsync += async (_, delivery) =>
        {
            var message = JsonSerializer.Deserialize<Advance>(delivery.Body.Span)!;
            var tag = delivery.DeliveryTag;
            if (message.Step < Advance.Steps)
                await Publish(message with { Step = message.Step + 1 });
            await consuming.BasicAckAsync(tag, false);
            if (Interlocked.Increment(ref seen) == expected)
                done.SetResult();
        };
        await consuming.BasicConsumeAsync("bench", autoAck: false, consumer);

        var cpu = CpuTime.Read("-");
        var allocated = GC.GetTotalAllocatedBytes();
        var start = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(Enumerable.Range(0, options.Sagas), async (_, _) => await Publish(new Advance { SagaId = Guid.NewGuid(), Step = 1 }));
        await done.Task.WaitAsync(TimeSpan.FromMinutes(5));
        var elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var after = CpuTime.Read("-");
        await File.WriteAllTextAsync(options.Output, JsonSerializer.Serialize(new Result
        {
            Contestant = options.Contestant,
            EventsPerSecond = expected / elapsed,
            AppCores = (after.App - cpu.App) / elapsed,
            PostgresCores = 0,
            BrokerCores = (after.Broker - cpu.Broker) / elapsed,
            AllocatedPerEvent = (double)(GC.GetTotalAllocatedBytes() - allocated) / expected,
            WorkingSetMb = Environment.WorkingSet / 1048576.0,
        }));

        async Task Publish(Advance message) => await publishing.BasicPublishAsync(
            "", "bench", false, new BasicProperties { MessageId = Guid.NewGuid().ToString(), Persistent = true }, JsonSerializer.SerializeToUtf8Bytes(message));
    }
}
