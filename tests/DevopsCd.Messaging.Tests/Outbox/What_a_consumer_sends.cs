using DevopsCd.Messaging.Tests.Houses;

namespace DevopsCd.Messaging.Tests.Outbox;

public sealed class What_a_consumer_sends
{
    [Theory, InlineData(TestInfrastructure.Servers), InlineData(TestInfrastructure.Embedded)]
    public async Task Leaves_in_order(TestInfrastructure ground)
    {
        await using var house = await MessagingTestHost.On(ground, options => options.ObserverConcurrency = 1);
        house.Script.OnWork = async (context, _, publish) =>
        {
            for (var number = 0; number < 100; number += 2)
            {
                await context.Publish(new Done { WorkId = context.Message.WorkId, Number = number });
                await Task.Yield();
                await publish.Publish(new Done { WorkId = context.Message.WorkId, Number = number + 1 });
            }
        };

        await Task.WhenAll(house.Send(new Work()), house.Send(new Work()), house.Send(new Work()));

        await house.UntilDone(300);
        foreach (var work in house.Script.Done.GroupBy(done => done.Message.WorkId))
            work.Select(done => done.Message.Number).ShouldBe(Enumerable.Range(0, 100));
        await house.UntilOutboxIsEmpty();
    }

    [Theory, InlineData(TestInfrastructure.Servers), InlineData(TestInfrastructure.Embedded)]
    public async Task Is_never_lost_though_nobody_awaits_it(TestInfrastructure ground)
    {
        await using var house = await MessagingTestHost.On(ground);
        house.Script.OnWork = (context, db, publish) =>
        {
            var after = new TaskCompletionSource();
            _ = context.Publish(new Done { WorkId = context.Message.WorkId, Number = 1 });
            _ = publish.Publish(new Done { WorkId = context.Message.WorkId, Number = 2 });
            context.Respond(new Done { WorkId = context.Message.WorkId, Number = 3 });
            _ = Late();
            context.ReceiveContext.ReceiveCompleted.ContinueWith(_ => after.SetResult(), TaskScheduler.Default);
            return Task.CompletedTask;

            // The message has long been consumed, and committed, when this is sent.
            async Task Late()
            {
                await after.Task;
                await context.Publish(new Done { WorkId = context.Message.WorkId, Number = 4 });
            }
        };

        for (var work = 0; work < 100; work++)
            await (await house.Endpoint("work")).Send(new Work(), context => context.ResponseAddress = new Uri(house.Bus.Address, "observer"));

        await house.UntilDone(400);
        house.Script.Done.GroupBy(done => done.Message.WorkId)
            .ShouldAllBe(work => work.Select(done => done.Message.Number).Order().SequenceEqual(new[] { 1, 2, 3, 4 }));
        await house.UntilOutboxIsEmpty();
    }

    [Theory, InlineData(TestInfrastructure.Servers), InlineData(TestInfrastructure.Embedded)]
    public async Task Carries_everything_it_was_given(TestInfrastructure ground)
    {
        await using var house = await MessagingTestHost.On(ground);
        var (correlation, messageId, request) = (NewId.NextGuid(), NewId.NextGuid(), NewId.NextGuid());
        house.Script.OnWork = (context, _, _) => context.Publish(new Done { WorkId = context.Message.WorkId, Text = "grüße €" }, done =>
        {
            done.MessageId = messageId;
            done.CorrelationId = correlation;
            done.RequestId = request;
            done.ResponseAddress = new Uri(house.Bus.Address, "answers");
            done.FaultAddress = new Uri(house.Bus.Address, "faults");
            done.TimeToLive = TimeSpan.FromMinutes(5);
            done.Headers.Set("Operator", "鄭");
            done.Headers.Set("Tries", 3);
        });
        var conversation = NewId.NextGuid();

        await (await house.Endpoint("work")).Send(new Work(), context =>
        {
            context.ConversationId = conversation;
            context.CorrelationId = correlation;
        });

        await house.UntilDone(1);
        var seen = house.Script.Done.Single();
        seen.Message.Text.ShouldBe("grüße €");
        seen.MessageId.ShouldBe(messageId);
        seen.CorrelationId.ShouldBe(correlation);
        seen.InitiatorId.ShouldBe(correlation);
        seen.ConversationId.ShouldBe(conversation);
        seen.RequestId.ShouldBe(request);
        seen.ResponseAddress!.AbsolutePath.ShouldEndWith("answers");
        seen.FaultAddress!.AbsolutePath.ShouldEndWith("faults");
        seen.SourceAddress!.AbsolutePath.ShouldEndWith("work");
        seen.ExpirationTime.ShouldNotBeNull();
        seen.Headers.Get<string>("Operator").ShouldBe("鄭");
        seen.Headers.Get<int>("Tries").ShouldBe(3);
    }

    [Theory, InlineData(TestInfrastructure.Servers), InlineData(TestInfrastructure.Embedded)]
    public async Task Says_in_its_headers_what_a_serializer_without_an_envelope_leaves_out(TestInfrastructure ground)
    {
        await using var house = await MessagingTestHost.On(ground, options => options.Endpoints = (_, transport) => transport.UseRawJsonSerializer());
        var (conversation, messageId) = (NewId.NextGuid(), NewId.NextGuid());
        house.Script.OnWork = (context, _, publish) => publish.Publish(new Done { WorkId = context.Message.WorkId }, done =>
        {
            done.MessageId = messageId;
            done.Headers.Set("Tenant", "blue");
        });

        await (await house.Endpoint("work")).Send(new Work(), context => context.ConversationId = conversation);

        await house.UntilDone(1);
        var seen = house.Script.Done.Single();
        seen.MessageId.ShouldBe(messageId);
        seen.ConversationId.ShouldBe(conversation);
        seen.SourceAddress!.AbsolutePath.ShouldEndWith("work");
        seen.Headers.Get<string>("Tenant").ShouldBe("blue");
    }

    [Theory, InlineData(TestInfrastructure.Servers), InlineData(TestInfrastructure.Embedded)]
    public async Task Answers_requests_and_reports_faults(TestInfrastructure ground)
    {
        await using var house = await MessagingTestHost.On(ground);
        house.Script.OnWork = (context, _, _) => context.Message.Text == "fail"
            ? throw new InvalidOperationException("The test wants this work to fail")
            : context.RespondAsync(new Done { WorkId = context.Message.WorkId });
        var client = house.Bus.CreateRequestClient<Work>(new Uri("queue:work"), RequestTimeout.After(s: 20));
        var work = new Work();

        (await client.GetResponse<Done>(work)).Message.WorkId.ShouldBe(work.WorkId);
        var refused = await Should.ThrowAsync<RequestFaultException>(() => client.GetResponse<Done>(new Work { Text = "fail" }));

        refused.Fault!.Exceptions.Single().Message.ShouldContain("The test wants this work to fail");
        await house.UntilOutboxIsEmpty();
    }

    [Fact]
    public async Task Waits_as_long_as_the_sender_asked_for()
    {
        await using var house = await MessagingTestHost.On(TestInfrastructure.Embedded);
        house.Script.OnWork = async (context, _, _) =>
        {
            await context.Publish(new Done { Number = 2 }, done => done.Delay = TimeSpan.FromSeconds(1));
            await context.Publish(new Done { Number = 1 });
        };

        await house.Send(new Work());

        await house.UntilDone(2);
        var (first, second) = (house.Script.Done.First(), house.Script.Done.Last());
        (first.Message.Number, second.Message.Number).ShouldBe((1, 2));
    }
}
