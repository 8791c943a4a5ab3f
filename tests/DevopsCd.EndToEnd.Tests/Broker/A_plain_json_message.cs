using System.Text;
using DevopsCd.Contracts;
using DevopsCd.Core.Data;
using DevopsCd.Core.MessageContracts;
using DevopsCd.Host.Broker;
using DevopsCd.Shared;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.EndToEnd.Tests.Broker;

public sealed class A_plain_json_message
{
    private const string Approve = "DevopsCd.Contracts:ApproveBatch";

    private static readonly Guid s_batch = Guid.Parse("7d9f6f0e-3f0b-4c39-9a55-0b7a1c2d3e4f");

    private static byte[] Body { get; } = Encoding.UTF8.GetBytes($$"""{"batchId":"{{s_batch}}","operator":"ann","newerField":1}""");

    [Fact]
    public async Task Finds_its_type_by_exchange_or_header_and_gets_an_id()
    {
        await using var broker = await BrokerHost.Start();

        await broker.Publish(Approve, Body, contentType: null);
        await broker.Publish(Approve, Body, "application/json; charset=utf-8");
        await broker.Publish(Approve, Body, messageId: "0192f0c1-2b7e-7a35-8f6d-0f2f5f3b9c11");
        await broker.Publish(Approve, Body, messageId: "job-17");
        await broker.Publish("", Body, routingKey: "small", headers: ("MT-MessageType", "urn:message:DevopsCd.Contracts:ApproveBatch"));
        await broker.Publish(Approve, [0xEF, 0xBB, 0xBF, .. Body]);

        await broker.Until(() => Task.FromResult(broker.Taken.All.Count == 6), "all are taken");
        broker.Taken.All.ShouldAllBe(t => ((ApproveBatch)t.Message).BatchId == s_batch && t.MessageId != null);
        var ids = broker.Taken.All.Select(t => t.MessageId!.Value).ToList();
        var content = DerivedId.From("ApproveBatch", Body);
        ids.Count(id => id == content).ShouldBe(3, "the same content is the same message");
        ids.ShouldContain(Guid.Parse("0192f0c1-2b7e-7a35-8f6d-0f2f5f3b9c11"));
        ids.Distinct().Count().ShouldBe(4, "an id that is no UUID still tells messages apart");
        (await broker.Parked()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Is_another_one_with_other_content_under_the_same_text_for_an_id()
    {
        await using var broker = await BrokerHost.Start();

        foreach (var by in (string[])["ann", "bob", "ann"])
            await broker.Publish(Approve, Encoding.UTF8.GetBytes($$"""{"batchId":"{{s_batch}}","operator":"{{by}}"}"""), messageId: "job-17");

        await broker.Until(() => Task.FromResult(broker.Taken.All.Count == 3), "all are taken");
        broker.Taken.All.GroupBy(t => ((ApproveBatch)t.Message).Operator).Select(g => g.Select(t => t.MessageId).Distinct().Count())
            .ShouldAllBe(ids => ids == 1, "sent again it is the same");
        broker.Taken.All.Select(t => t.MessageId).Distinct().Count().ShouldBe(2);
    }

    [Fact]
    public async Task In_an_envelope_works_as_well()
    {
        await using var broker = await BrokerHost.Start();
        var envelope = Encoding.UTF8.GetBytes(
            $$"""{"messageType":["urn:message:DevopsCd.Contracts:ApproveBatch"],"headers":{"DevopsCd-User-Id":"forged"},"message":{"batchId":"{{s_batch}}","operator":"ann"} }""");

        await broker.Publish(Approve, envelope, "application/vnd.masstransit+json");

        await broker.UntilTaken(t => t.Message is ApproveBatch);
        broker.Taken.All.Single().MessageId.ShouldNotBeNull();
        broker.Taken.All.Single().User.ShouldBeNull("only the broker vouches for a user");
    }

    [Fact]
    public async Task Carries_the_user_that_the_broker_verified()
    {
        await using var broker = await BrokerHost.Start();

        await broker.Publish(Approve, Body, userId: "devopscd");

        await broker.UntilTaken(t => t.User == "devopscd");
    }

    [Fact]
    public async Task Is_refused_without_a_verified_user_unless_that_is_switched_off()
    {
        new BrokerOptions().RequireUserId.ShouldBeTrue();
        await using var broker = await BrokerHost.Start(("core:rabbitmq:require_user_id", "true"));

        await broker.Publish(Approve, Body);

        (await broker.UntilParked()).Reason.ShouldContain("needs a person's right");
        await broker.Publish(Approve, Body, userId: "devopscd");
        await broker.UntilTaken(t => t.Message is ApproveBatch);
    }

    [Fact]
    public async Task Waits_in_its_queue_while_the_database_is_away()
    {
        await using var broker = await BrokerHost.Start();
        broker.Taken.Then = async message =>
        {
            if (message is not ApproveBatch)
                return;
            await using var scope = broker.Services.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<CdDbContext>().Batches.AnyAsync();
        };

        broker.ToDatabase.Cut();
        await broker.Publish(Approve, Body);
        await broker.Publish("ApproveBatch", "{}");
        await broker.Until(async () => await Unanswered(broker) == 2, "both are held, none is lost or answered");
        broker.ToDatabase.Restore();

        await broker.Until(() => Task.FromResult(broker.Taken.All.Any(t => t.Message is ApproveBatch)), "the good one is applied", seconds: 20);
        await broker.Until(async () => (await broker.Parked()).Count == 1, "the bad one is parked", seconds: 20);
        (await broker.Parked()).Single().Reason.ShouldContain("batchId is missing");
        await broker.Until(async () => await Unanswered(broker) == 0, "all are answered");
    }

    private static async Task<long> Unanswered(BrokerHost broker) =>
        (await broker.Server.QueuesAsync()).Single(q => q.Name == "small").Unacked;
}
