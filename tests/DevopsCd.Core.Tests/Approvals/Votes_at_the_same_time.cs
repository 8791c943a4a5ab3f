using DevopsCd.Contracts.Api;
using DevopsCd.Core.Approvals;
using DevopsCd.Core.Tests.Engines;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Tests.Approvals;

/// <summary>Two processes on one database.</summary>
public sealed class Votes_at_the_same_time
{
    private const int Rounds = 25;

    [Fact]
    public async Task Of_two_people_move_the_batch_once()
    {
        await using var one = await Engine.Start("postgres");
        await using var other = one.Another();
        await one.SetPolicyAsync(new ApprovalPolicyBody { Required = 2, NotByAuthor = false });
        for (var round = 0; round < Rounds; round++)
        {
            var batch = await one.Batch($"app{round}");

            var rows = await Task.WhenAll(Task.Run(() => one.VoteAsync(batch, "bob")), Task.Run(() => other.VoteAsync(batch, "carol")));

            rows.Select(r => r.Outcome).ShouldBe([EventOutcome.Noted, EventOutcome.Accepted], ignoreOrder: true, $"round {round}");
            rows.Select(r => r.Votes!.Votes).ShouldBe([1, 2], ignoreOrder: true, $"round {round}");
            var after = await one.Find(batch.CorrelationId);
            (after.Status, after.Version).ShouldBe((BatchStatus.Approved, 1), $"round {round}");
        }
    }

    [Fact]
    public async Task Of_one_person_are_one_vote()
    {
        await using var one = await Engine.Start("postgres");
        await using var other = one.Another();
        await one.SetPolicyAsync(new ApprovalPolicyBody { Required = 2, NotByAuthor = false });
        for (var round = 0; round < Rounds; round++)
        {
            var batch = await one.Batch($"app{round}");

            var rows = await Task.WhenAll(Task.Run(() => one.VoteAsync(batch, "bob")), Task.Run(() => other.VoteAsync(batch, "Bob")));

            rows.ShouldAllBe(r => r.Outcome == EventOutcome.Noted && r.Votes!.Votes == 1);
            (await one.Read(db => db.Set<Vote>().CountAsync(v => v.BatchId == batch.Id))).ShouldBe(1, $"round {round}");
            (await one.Status(batch)).ShouldBe(BatchStatus.PendingApproval, $"round {round}");
        }
    }

    /// <summary>
    /// The last vote and a build in the same instant, a policy that voids: whoever comes first, what is approved is what is there, or nothing is.
    /// In every fifth round one of the two waits for the other, so that both ends are seen however the race goes.
    /// </summary>
    [Theory, InlineData("void"), InlineData("hold")]
    public async Task And_a_build_leave_nothing_approved_that_nobody_has_seen(string onChange)
    {
        await using var one = await Engine.Start("postgres");
        await using var other = one.Another();
        await one.SetPolicyAsync(new ApprovalPolicyBody { Required = 2, NotByAuthor = false, OnChange = onChange });
        var seen = new HashSet<string>();
        for (var round = 0; round < Rounds; round++)
        {
            var app = $"app{round}";
            var batch = await one.Batch(app);
            await one.VoteAsync(batch, "bob");
            var build = Engine.BuildOf(app, "2", one.Now.AddMinutes(1));
            Func<Task> vote = () => one.VoteAsync(batch, "carol"), intake = () => other.Build(build);
            if (round % 5 < 2)
                foreach (var next in round % 5 == 0 ? (Func<Task>[])[intake, vote] : [vote, intake])
                    await next();
            else
                await Task.WhenAll(Task.Run(vote), Task.Run(intake));

            var (after, release) = (await one.Find(batch.CorrelationId), await one.Release(batch, app));
            release.LatestBuild!.BuildNumber.ShouldBe("2", $"round {round}");
            if (after.Status == BatchStatus.Approved)
                after.ApprovedContentHash.ShouldBe(ContentHash.Of([release]), $"round {round}");
            else
                (after.Status, release.Build!.BuildNumber).ShouldBe((BatchStatus.PendingApproval, "2"), $"round {round}");
            seen.Add($"{after.Status} {release.Build!.BuildNumber} {after.Version}");
        }

        seen.ShouldBe(onChange == "void" ? ["PendingApproval 2 0", "PendingApproval 2 2"] : ["PendingApproval 2 0", "Approved 1 1"], ignoreOrder: true);
    }
}
