using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Data;
using DevopsCd.Core.Freezes;
using DevopsCd.Core.Policies;
using DevopsCd.Core.Tests.Engines;

namespace DevopsCd.Core.Tests.Scanning;

public sealed class A_scan_over_many_batches
{
    private static readonly AccessOrigin s_origin = new(Subject.User("bob"), EventSource.Http);

    /// <summary>Every second is not approved, the others are sealed, and neither a freeze nor a gate lets them start.</summary>
    [Theory, InlineData("postgres", false), InlineData("postgres", true), InlineData("sqlite", false), InlineData("sqlite", true)]
    public async Task Asks_no_more_of_the_database_than_one_over_few(string database, bool frozen)
    {
        var statements = new Statements();
        await using var engine = await Engine.Start(statements.Hear, database);
        await engine.Do<ProjectDesk>(desk => desk.PutAsync(Projects.Default,
            new ProjectPolicyBody { Gates = [new GateBody { Name = "ops", At = "before_pre", Kind = "manual" }] }, Precondition.None, s_origin, default));
        if (frozen)
            await engine.Do<FreezeDesk>(desk => desk.PutAsync("holidays",
                new FreezeBody { Reason = "inventory", From = engine.Now, To = engine.Now.AddDays(3) }, Precondition.None, s_origin, default));
        var few = await Scanned("a");
        var many = await Scanned("b", "c", "d", "e");

        many.ShouldBe(few);

        async Task<int> Scanned(params string[] more)
        {
            foreach (var name in more)
            {
                await engine.Batch($"open-{name}");
                await engine.SealedBatch($"sealed-{name}");
            }
            await engine.Deliver();
            await engine.Scan();
            statements.Forget();
            (await engine.Scan())!.Started.ShouldBeEmpty();
            return statements.Count;
        }
    }
}
