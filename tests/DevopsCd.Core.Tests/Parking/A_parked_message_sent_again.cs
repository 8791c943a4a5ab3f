using System.Text.Json;
using DevopsCd.Core.Access;
using DevopsCd.Core.Data;
using DevopsCd.Core.MessageContracts;
using DevopsCd.Core.Parking;
using DevopsCd.Core.Tests.Engines;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;

namespace DevopsCd.Core.Tests.Parking;

public sealed class A_parked_message_sent_again
{
    [Theory]
    [InlineData("urn:message:DevopsCd.Core.Parking:ParkedMessage")]
    [InlineData("DevopsCd.Core.Configuration:StorageOptions")]
    [InlineData("nonsense")]
    public async Task Is_a_message_and_never_another_type_of_the_program(string messageType)
    {
        await using var engine = await Engine.Start();
        var id = await Parked(engine);

        var refused = await Should.ThrowAsync<MessageRefusedException>(() => Replay(engine, id, messageType, "{}"));

        refused.Message.ShouldBe($"'{messageType}' is not a message of DevopsCd");
        (await engine.Read(db => db.Set<ParkedMessage>().SingleAsync())).Status.ShouldBe(ParkedStatus.Parked);
    }

    [Theory]
    [InlineData("AdvanceStage")]
    [InlineData("urn:message:DevopsCd.Contracts:AdvanceStage")]
    public async Task Is_read_by_the_rules_of_its_type_also_where_it_is_the_engines_own(string messageType)
    {
        await using var engine = await Engine.Start();
        var id = await Parked(engine);

        (await Replay(engine, id, messageType, $$"""{"batchId":"{{Guid.NewGuid()}}"}""")).ShouldBe(ParkedDecision.Done);

        (await engine.Read(db => db.Set<ParkedMessage>().SingleAsync())).Status.ShouldBe(ParkedStatus.Replayed);
    }

    private static Task<ParkedDecision> Replay(Engine engine, long id, string messageType, string body) => engine.Do<CdDbContext, ParkedDecision>(db =>
        new ParkedDecisions(db, Substitute.For<IPublishEndpoint>(), Substitute.For<ISendEndpointProvider>(), new Senders(SenderTrust.InProcess), engine.Clock,
            NullLogger<ParkedDecisions>.Instance)
            .ReplayAsync(id, JsonDocument.Parse(body).RootElement, messageType, Subject.User(Engine.Person), default));

    private static async Task<long> Parked(Engine engine) => await engine.Do<CdDbContext, long>(async db =>
    {
        var row = new ParkedMessage { ReceivedAt = engine.Now, Queue = "batch", Headers = "{}", Body = [], Reason = "it could not be read" };
        db.Add(row);
        await db.SaveChangesAsync();
        return row.Id;
    });
}
