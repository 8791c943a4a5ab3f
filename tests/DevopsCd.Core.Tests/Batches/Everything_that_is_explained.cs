using DevopsCd.Contracts;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Applications;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Data;
using DevopsCd.Core.Freezes;
using DevopsCd.Core.Gates;
using DevopsCd.Core.Policies;
using DevopsCd.Core.Tests.Approvals;
using DevopsCd.Core.Tests.Engines;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Core.Tests.Batches;

/// <summary>
/// R17, as a relation: whatever set of things stands in the way of an event, the explanation names exactly that set; while one of them is left
/// the event is refused, and when the last is lifted it is accepted.
/// </summary>
public sealed class Everything_that_is_explained
{
    private static readonly string[] s_ofSeal = ["rights", "approval", "build", "targets", "dependencies"];
    private static readonly string[] s_ofStart = ["rights", "freeze", "gate"];

    [Fact]
    public async Task Of_a_seal_is_what_has_to_be_lifted()
    {
        await using var engine = await Engine.Start();
        await engine.SetPolicyAsync(new ApprovalPolicyBody { ExpireAfter = "1h" });
        var number = 0;

        foreach (var inTheWay in Sets(s_ofSeal))
        {
            var (batch, lift) = await Sealable(engine, $"s{++number}", inTheWay);
            await LiftOneByOne(engine, batch, "confirm_tag", inTheWay, lift);
        }
    }

    [Fact]
    public async Task Of_a_start_is_what_has_to_be_lifted()
    {
        await using var engine = await Engine.Start();
        await engine.Do<ProjectDesk>(desk => desk.PutAsync(Projects.Default,
            new ProjectPolicyBody { Gates = [new GateBody { Name = "ops", At = "before_prod", Kind = "manual" }] }, Precondition.None, s_origin, default));
        var number = 0;

        foreach (var inTheWay in Sets(s_ofStart))
        {
            var batch = await engine.Batch($"t{++number}");
            foreach (var step in (string[])["approve", "confirm_tag"])
                await engine.Accepted(batch, step);
            await engine.Deliver();
            if (inTheWay.Contains("freeze"))
                await Freeze(engine, batch.Id, true);
            if (!inTheWay.Contains("gate"))
                await Pass(engine, batch.Id);
            await Allow(engine, !inTheWay.Contains("rights"));
            await LiftOneByOne(engine, batch, "start_prod_deploy", inTheWay, guard => guard switch
            {
                "freeze" => Freeze(engine, batch.Id, false),
                "gate" => Pass(engine, batch.Id),
                _ => Allow(engine, true)
            });
        }
    }

    /// <summary>Explained, refused, and lifted one after the other; refused while one is left.</summary>
    private static async Task LiftOneByOne(Engine engine, Batch batch, string batchEvent, IReadOnlyList<string> inTheWay, Func<string, Task> lift)
    {
        for (var lifted = 0; lifted <= inTheWay.Count; lifted++)
        {
            var left = inTheWay.Skip(lifted).ToList();
            var explained = (await engine.Do<BatchExplainer, BatchExplanation?>(
                e => e.ExplainAsync(batch.Id, BatchEventTypes.Get(batchEvent), s_olga, default)))!.Events.Single();
            explained.Obstacles.Select(o => o.Guard).ShouldBe(left, ignoreOrder: true, $"{batchEvent} with {string.Join(", ", inTheWay)} after {lifted}");
            foreach (var obstacle in explained.Obstacles)
                (obstacle.LiftedBy is not null || obstacle.EarliestAt is not null).ShouldBeTrue($"{obstacle.Guard} says who or what lifts it");

            var row = await engine.Raise(batch, batchEvent, by: "olga", asker: s_olga);

            row.Outcome.ShouldBe(left.Count == 0 ? EventOutcome.Accepted : left.Contains("rights") ? EventOutcome.Denied : EventOutcome.Refused,
                $"{batchEvent}, left: {string.Join(", ", left)}: {row.Reason}");
            foreach (var obstacle in left.Contains("rights") ? [] : explained.Obstacles)
                row.Reason!.ShouldContain(obstacle.Reason);
            if (left.Count > 0)
                await lift(left[0]);
        }
    }

    /// <summary>A batch whose seal exactly this is in the way of, and how each is lifted.</summary>
    private static async Task<(Batch Batch, Func<string, Task> Lift)> Sealable(Engine engine, string name, IReadOnlyCollection<string> inTheWay)
    {
        var (first, second) = ($"{name}a", $"{name}b");
        bool Has(string guard) => inTheWay.Contains(guard);
        foreach (var application in (string[])[first, second])
            await engine.Application(application, pre: Has("targets") ? [] : null, prod: Has("targets") ? [] : null);
        await engine.Build(first, "1");
        if (!Has("build"))
            await engine.Build(second, "1");
        var created = await engine.Create(new ReleaseItem { Application = first, DependsOn = Has("dependencies") ? [second] : [] },
            new ReleaseItem { Application = second, DependsOn = Has("dependencies") ? [first] : [] });
        var batch = await engine.Find(created.BatchCorrelationId);
        await engine.Accepted(batch, "approve");
        if (Has("approval"))
            engine.Clock.Advance(TimeSpan.FromHours(2));
        await Allow(engine, !Has("rights"));
        return (batch, Lift);

        Task Lift(string guard) => guard switch
        {
            "rights" => Allow(engine, true),
            "approval" => ApproveAgain(engine, batch),
            "build" => engine.Build(second, "1"),
            "targets" => SetTargets(engine, first, second),
            "dependencies" => engine.Do<ReleaseEditor>(e => e.ChangeAsync(batch.Id, first, new ReleaseChange { DependsOn = [] }, Precondition.None, "bob", default)),
            _ => throw new ArgumentOutOfRangeException(nameof(guard), guard, null)
        };
    }

    private static async Task ApproveAgain(Engine engine, Batch batch)
    {
        await engine.Accepted(batch, "revoke_approval");
        await engine.Accepted(batch, "approve");
    }

    private static async Task SetTargets(Engine engine, params string[] applications)
    {
        foreach (var application in applications)
            await engine.Target(application, "pre", "staging");
    }

    private static Task Freeze(Engine engine, long batch, bool holds) => engine.Do<FreezeDesk>(desk => holds
        ? desk.PutAsync($"f{batch}", new FreezeBody { Reason = "inventory", From = engine.Now, To = engine.Now.AddDays(1) }, Precondition.None, s_origin, default)
        : desk.RemoveAsync($"f{batch}", Precondition.None, s_origin, default));

    private static async Task Pass(Engine engine, long batch)
    {
        var gate = await engine.Read(db => db.Set<GateRun>().Where(r => r.BatchId == batch).Select(r => r.Id).SingleAsync());
        await engine.Do<GateDesk>(desk => desk.ResultAsync(gate, new GateResultBody { Result = "passed" }, Electorate.Person("bob"), default));
    }

    /// <summary>Gives olga her role, or takes it.</summary>
    private static async Task Allow(Engine engine, bool isAllowed)
    {
        await engine.Do<CdDbContext>(async db =>
        {
            await db.Set<AccessBinding>().Where(b => b.Subject == s_olga.Id).ExecuteDeleteAsync();
            // Who may not even look is told that there is nothing.
            db.Add(new AccessBinding { Subject = s_olga.Id, Role = isAllowed ? "admin" : "viewer", Project = "*", CreatedBy = "the test" });
            await AccessRights.ChangeAsync(db, default);
            await db.SaveChangesAsync();
        });
        engine.Services.GetRequiredService<AccessRights>().Forget();
    }

    private static readonly Subject s_olga = Subject.User("olga");

    private static readonly AccessOrigin s_origin = new(Subject.User(Engine.Person), EventSource.Http);

    private static IEnumerable<IReadOnlyList<string>> Sets(string[] of) =>
        Enumerable.Range(0, 1 << of.Length).Select(bits => of.Where((_, i) => (bits & (1 << i)) != 0).ToList());
}
