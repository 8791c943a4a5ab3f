using DevopsCd.Messaging.Tests.Houses;
using Quartz;

namespace DevopsCd.Messaging.Tests.Scheduling;

/// <summary>As the official package's users have it: Quartz by itself, and schedule commands that go through the outbox to its consumers.</summary>
public sealed class A_scheduler_that_AddQuartz_configured
{
    [Theory, InlineData(TestInfrastructure.Servers), InlineData(TestInfrastructure.Embedded)]
    public async Task Sends_what_a_consumer_scheduled_in_its_outbox_once(TestInfrastructure ground)
    {
        await using var house = await MessagingTestHost.On(ground, options =>
        {
            options.Services = services => services.AddQuartz(_ => { });
            options.Bus = bus =>
            {
                bus.AddPublishMessageScheduler();
                bus.AddQuartzConsumers();
            };
            options.Endpoints = (context, transport) =>
            {
                transport.UsePublishMessageScheduler();
                transport.ReceiveEndpoint("quartz", endpoint => endpoint.ConfigureQuartzConsumers((IBusRegistrationContext)context));
            };
        });
        house.Script.OnWork = async (context, _, _) =>
        {
            await context.SchedulePublish(TimeSpan.FromMilliseconds(300), new Done { WorkId = context.Message.WorkId, Number = context.GetRetryAttempt() });
            if (context.GetRetryAttempt() == 0)
                throw new TimeoutException("The test wants the first try to fail");
        };
        var (first, second) = (new Work(), new Work());

        await house.Send(first);
        await house.UntilDone(1);
        await house.Send(second);
        await house.UntilDone(2);

        house.Script.Done.Select(done => (done.Message.WorkId, done.Message.Number)).ShouldBe([(first.WorkId, 1), (second.WorkId, 1)]);
        house.Script.Done.First().Headers.Get<string>(MessageHeaders.SchedulingTokenId).ShouldNotBeNull();
        await house.UntilOutboxIsEmpty();
    }
}
