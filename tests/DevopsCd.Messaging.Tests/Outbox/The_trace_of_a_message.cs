using System.Collections.Concurrent;
using System.Diagnostics;
using DevopsCd.Messaging.Tests.Houses;
using MassTransit.EntityFrameworkCoreIntegration;
using MassTransit.Logging;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Messaging.Tests.Outbox;

public sealed class The_trace_of_a_message
{
    [Theory, InlineData(TestInfrastructure.Servers), InlineData(TestInfrastructure.Embedded)]
    public async Task Is_the_one_it_was_written_in_whatever_its_deliverer_does(TestInfrastructure ground)
    {
        using var spans = Heard(out var delivered);
        await using var house = await MessagingTestHost.On(ground);
        // The deliverer starts with the first message, and as part of its trace.
        var first = await Publish(house, 1);
        await house.UntilDone(1);

        var second = await Publish(house, 2);
        await house.UntilDone(2);
        await house.UntilOutboxIsEmpty();

        second.TraceId.ShouldNotBe(first.TraceId);
        foreach (var (cause, number) in new[] { (first, 1), (second, 2) })
        {
            var message = house.Script.Done.Single(done => done.Message.Number == number);
            ActivityContext.Parse(message.Headers.Get<string>(DiagnosticHeaders.ActivityId)!, null).TraceId.ShouldBe(cause.TraceId);
            delivered.Single(span => span.TraceId == cause.TraceId).OperationName.ShouldBe("deliver from outbox");
        }
    }

    private static async Task<Activity> Publish(MessagingTestHost house, int number)
    {
        var cause = new Activity($"cause {number}").Start();
        await house.InScope(async scope =>
        {
            await scope.GetRequiredService<IPublishEndpoint>().Publish(new Done { Number = number });
            await scope.GetRequiredService<ShopDbContext>().SaveChangesAsync();
        });
        cause.Stop();
        return cause;
    }

    private static ActivityListener Heard(out ConcurrentQueue<Activity> delivered)
    {
        var heard = delivered = [];
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is StoredTrace.SourceName or DiagnosticHeaders.DefaultListenerName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                if (span.Source.Name == StoredTrace.SourceName)
                    heard.Enqueue(span);
            }
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }
}
