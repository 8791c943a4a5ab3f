using DevopsCd.Contracts;
using DevopsCd.Core.Access;
using DevopsCd.Core.Data;
using DevopsCd.Core.Gates;
using DevopsCd.Core.MessageContracts;
using DevopsCd.Core.Policies;
using DevopsCd.Core.Tests.Engines;

namespace DevopsCd.Core.Tests.Access;

/// <summary>What users of the broker send beside orders to batches: reports, and what the engine says to itself.</summary>
public sealed class A_message_without_an_event
{
    private static readonly string[] s_places = [Projects.All, "shop", "bank"];

    [Fact]
    public async Task Is_taken_from_each_role_where_the_table_says_and_from_no_other()
    {
        await using var engine = await Engine.Start();
        var (batch, operation, gate) = await OfTheShop(engine);
        foreach (var role in Roles.BuiltIn)
            foreach (var place in s_places)
                await engine.Do<CdDbContext>(async db =>
                {
                    db.Add(new AccessBinding { Subject = User(role, place).Id, Role = role.Name, Project = place, CreatedBy = "the test" });
                    await AccessRights.ChangeAsync(db, default);
                    await db.SaveChangesAsync();
                });
        engine.Clock.Advance(AccessRights.Freshness);
        var needed = new Dictionary<Type, (object Message, string Permission, bool InTheShop)>
        {
            [typeof(BuildCompleted)] = (Engine.BuildOf("api", "7", engine.Now), Permissions.BuildReport, true),
            [typeof(DeploymentReported)] = (new DeploymentReported { OperationId = operation, Phase = DeploymentPhase.Progressing }, Permissions.DeploymentReport, true),
            [typeof(GateAnswered)] = (new GateAnswered { GateId = gate, Result = "passed" }, Permissions.DeploymentReport, true),
            [typeof(DeployApplication)] = (new DeployApplication { OperationId = operation, BatchId = batch }, Permissions.DeployPre, true),
            [typeof(AdvanceStage)] = (new AdvanceStage { BatchId = batch }, Permissions.AccessManage, false),
            [typeof(CheckDeployment)] = (new CheckDeployment { OperationId = operation, BatchId = batch }, Permissions.AccessManage, false),
            [typeof(ScanBatches)] = (new ScanBatches { DueAt = engine.Now }, Permissions.AccessManage, false),
            [typeof(StartScheduled)] = (new StartScheduled { BatchId = batch, Id = 1 }, Permissions.AccessManage, false),
            [typeof(AskGate)] = (new AskGate { BatchId = batch, Id = 1 }, Permissions.AccessManage, false)
        };
        needed.Keys.ShouldBe(ContractCatalogue.All.Where(c => c.Flow != MessageFlow.FactOut).Select(c => c.Type)
            .Except(BatchEventTypes.All.Select(e => e.MessageType)), ignoreOrder: true, "say here who may send it");

        var wrong = new List<string>();
        foreach (var (type, (message, permission, isInTheShop)) in needed)
            foreach (var role in Roles.BuiltIn)
                foreach (var place in s_places)
                {
                    var expected = role.Permissions.Contains(permission) && (place == Projects.All || (isInTheShop && place == "shop"));
                    if (await Refusal(engine, message, User(role, place)) is var refused && refused is null != expected)
                        wrong.Add($"{type.Name}: {role.Name} in {place}: {refused ?? "is taken"}");
                }

        wrong.ShouldBeEmpty();
    }

    private static Subject User(Role role, string place) => new(SubjectKind.Amqp, $"{role.Name}-{(place == Projects.All ? "all" : place)}");

    private static async Task<string?> Refusal(Engine engine, object message, Subject user)
    {
        try
        {
            await engine.Deliver(message, asker: user);
            return null;
        }
        catch (MessageRefusedException refused) when (refused.Message.Contains("needs the permission", StringComparison.Ordinal))
        {
            return refused.Message;
        }
        catch (BatchRefusedException)
        {
            // Past the door: what it says comes too late.
            return null;
        }
    }

    private static async Task<(Guid Batch, string Operation, long Gate)> OfTheShop(Engine engine)
    {
        await engine.Do<CdDbContext>(async db =>
        {
            db.AddRange(new Project { Name = "shop" }, new Project { Name = "bank" });
            await db.SaveChangesAsync();
        });
        await engine.Application("api");
        await engine.Do<CdDbContext>(async db =>
        {
            db.Applications.Single().Project = "shop";
            await db.SaveChangesAsync();
        });
        var batch = await engine.SealedBatch("api");
        await engine.Deliver();
        var gate = new GateRun { BatchId = batch.Id, BatchCorrelationId = batch.CorrelationId, Project = "shop", Name = "load", Kind = GateKind.Webhook };
        await engine.Do<CdDbContext>(async db =>
        {
            db.Add(gate);
            await db.SaveChangesAsync();
        });
        return (batch.CorrelationId, (await engine.Operation(batch, "api")).OperationId, gate.Id);
    }
}
