using DevopsCd.Contracts;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Approvals;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Data;
using DevopsCd.Core.Notifications.Composing;
using DevopsCd.Core.Notifications.Delivery;
using DevopsCd.Core.Tests.Engines;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Core.Tests.Approvals;

/// <summary>R16.</summary>
public sealed class An_approval_by_several_people
{
    private static readonly ApprovalPolicyBody s_two = new() { Required = 2, NotByAuthor = false };

    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task Is_a_recorded_vote_until_the_last_of_them_moves_the_batch(string database)
    {
        await using var engine = await Engine.Start(database);
        await engine.SetPolicyAsync(s_two);
        var batch = await engine.Batch("api");

        var first = await engine.VoteAsync(batch, "bob");

        (first.Outcome, first.RefusalKind, first.FromState, first.ToState, first.Version).ShouldBe(
            (EventOutcome.Noted, null, BatchStatus.PendingApproval, BatchStatus.PendingApproval, 0));
        (first.Votes!.Votes, first.Votes.Required, MissingVotes.InWords(first.Votes.Missing)).ShouldBe((1, 2, "1 more"));
        var row = (await engine.Audit(batch))[^1];
        (row.Event, row.Outcome, row.Operator, row.Version).ShouldBe(("approval_given", EventOutcome.Noted, "bob", 0));
        (await engine.Find(batch.CorrelationId)).ApprovedBy.ShouldBeNull();
        engine.Told<BatchTransitioned>().ShouldBeEmpty();
        engine.Told<ApprovalGiven>().ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            told => (told.Event, told.Operator, told.Votes, told.Required).ShouldBe(("approve", "bob", 1, 2)),
            told => told.ContentHash.ShouldBe(first.Votes.ContentHash));

        var second = await engine.VoteAsync(batch, "carol");

        (second.Outcome, second.ToState, second.Version).ShouldBe((EventOutcome.Accepted, BatchStatus.Approved, 1));
        second.Votes!.By.ShouldBe(["bob", "carol"]);
        var approved = await engine.Find(batch.CorrelationId);
        (approved.ApprovedBy, approved.ApprovedContentHash).ShouldBe(("carol", first.Votes.ContentHash));
        (await engine.ApprovalAsync(batch))!.ShouldSatisfyAllConditions(
            state => state.Reached.ShouldBeTrue(), state => state.Given.Select(v => (v.By, v.Counts)).ShouldBe([("bob", true), ("carol", true)]));
    }

    [Fact]
    public async Task Is_one_vote_a_person_whatever_they_come_with()
    {
        await using var engine = await Engine.Start();
        await engine.SetPolicyAsync(s_two);
        var batch = await engine.Batch("api");
        await engine.VoteAsync(batch, "bob");

        Subject[] bobs =
        [
            Electorate.Person("bob"),
            Electorate.Person("Bob"),
            new(SubjectKind.Token, "t1") { Person = "bob", Grants = Electorate.Person("bob").Grants },
            new(SubjectKind.Token, "t2") { Person = "bob", Grants = Electorate.Person("bob").Grants },
            new(SubjectKind.Amqp, "bob") { Grants = Electorate.Person("bob").Grants }
        ];
        foreach (var bob in bobs)
            (await engine.Raise(batch, "approve", by: bob.Operator, asker: bob)).ShouldSatisfyAllConditions(
                again => again.Outcome.ShouldBe(EventOutcome.Noted, bob.Id), again => again.Votes!.Votes.ShouldBe(1, bob.Id));

        (await engine.Read(db => db.Set<Vote>().CountAsync())).ShouldBe(1);
        (await engine.Audit(batch)).Count(e => e.Event == "approval_given").ShouldBe(1 + bobs.Length, "the audit keeps each");
        (await engine.VoteAsync(batch, "carol")).ToState.ShouldBe(BatchStatus.Approved);
    }

    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task Comes_over_the_broker_as_well(string database)
    {
        await using var engine = await Engine.Start(database);
        await engine.SetPolicyAsync(s_two);
        var batch = await engine.Batch("api");
        var (bob, id) = (new ApproveBatch { BatchId = batch.CorrelationId, Operator = "bob" }, Guid.NewGuid());

        await engine.Deliver(bob, id);
        await engine.Deliver(bob, id, again: true);
        await engine.VoteAsync(batch, "Bob");

        (await engine.ApprovalAsync(batch))!.Votes.ShouldBe(1);
        (await engine.Audit(batch)).Where(e => e.Event == "approval_given").Select(e => e.Source).ShouldBe([EventSource.Message, EventSource.Http]);

        await engine.Deliver(new ApproveBatch { BatchId = batch.CorrelationId, Operator = "carol" });
        (await engine.Status(batch)).ShouldBe(BatchStatus.Approved);
        await engine.Deliver(new RevokeApproval { BatchId = batch.CorrelationId, Operator = "carol", Reason = "too early" });
        (await engine.Status(batch)).ShouldBe(BatchStatus.PendingApproval);
    }

    [Fact]
    public async Task Is_decided_once_under_one_key()
    {
        await using var engine = await Engine.Start();
        await engine.SetPolicyAsync(s_two);
        var batch = await engine.Batch("api");

        var first = await engine.Raise(batch, "approve", by: "bob", key: "k", asker: Electorate.Person("bob"));
        var again = await engine.Raise(batch, "approve", by: "bob", key: "k", asker: Electorate.Person("bob"));

        (again.Id, again.Votes!.Votes).ShouldBe((first.Id, 1));
        (await engine.Audit(batch)).Count(e => e.Event == "approval_given").ShouldBe(1);
    }

    [Fact]
    public async Task Counts_votes_for_the_present_content_alone()
    {
        await using var engine = await Engine.Start();
        await engine.SetPolicyAsync(s_two);
        var batch = await engine.Batch("api");
        await engine.VoteAsync(batch, "bob");
        engine.Clock.Advance(TimeSpan.FromMinutes(1));
        await engine.Build("api", "2");

        var carol = await engine.VoteAsync(batch, "carol");

        (carol.Outcome, carol.Votes!.Votes).ShouldBe((EventOutcome.Noted, 1));
        (await engine.ApprovalAsync(batch))!.Given.Select(v => (v.By, v.Counts, v.WhyNot)).ShouldBe(
            [("bob", false, "it was given for other content"), ("carol", true, null)]);
        (await engine.VoteAsync(batch, "bob")).ToState.ShouldBe(BatchStatus.Approved);
    }

    [Fact]
    public async Task Refuses_a_vote_for_content_that_is_no_longer_there()
    {
        await using var engine = await Engine.Start();
        await engine.SetPolicyAsync(s_two);
        var batch = await engine.Batch("api");
        var seen = ContentHash.Of(await engine.Releases(batch));
        engine.Clock.Advance(TimeSpan.FromMinutes(1));
        await engine.Build("api", "2");

        var late = await engine.Do<BatchCommands, CommandResult>(c => c.RaiseAsync(BatchEventTypes.Get("approve"),
            new EventRequest { BatchId = batch.CorrelationId, Operator = "bob", ContentHash = seen, ExpectedVersion = 0 }, Electorate.Person("bob"), null, default));

        (late.Outcome, late.RefusalKind).ShouldBe((EventOutcome.Refused, RefusalKind.Stale));
        late.Fields["api"].ShouldBe(["build 1 → 2"]);
        (await engine.Read(db => db.Set<Vote>().CountAsync())).ShouldBe(0);
    }

    [Fact]
    public async Task Lets_two_people_vote_on_what_both_have_seen()
    {
        await using var engine = await Engine.Start();
        await engine.SetPolicyAsync(s_two);
        var batch = await engine.Batch("api");

        var first = await engine.Raise(batch, "approve", by: "bob", version: 0, asker: Electorate.Person("bob"));
        var second = await engine.Raise(batch, "approve", by: "carol", version: 0, asker: Electorate.Person("carol"));

        (first.Outcome, second.Outcome).ShouldBe((EventOutcome.Noted, EventOutcome.Accepted), "a vote is no change of what the other has looked at");
    }

    [Fact]
    public async Task Asks_for_people_of_groups_and_counts_each_once()
    {
        await using var engine = await Engine.Start();
        await engine.SetPolicyAsync(new ApprovalPolicyBody
        {
            Required = 3,
            Groups = new Dictionary<string, int> { ["security"] = 1, ["shop"] = 2 },
            NotByAuthor = false
        });
        var batch = await engine.Batch("api");

        Missing(await engine.VoteAsync(batch, "bob", "shop")).ShouldBe("1 of group security, 1 of group shop");
        Missing(await engine.VoteAsync(batch, "carol", "security", "shop")).ShouldBeOneOf("1 of group security", "1 of group shop");
        Missing(await engine.VoteAsync(batch, "dora")).ShouldBeOneOf("1 of group security", "1 of group shop");
        (await engine.VoteAsync(batch, "eve", "shop")).ToState.ShouldBe(BatchStatus.Approved, "carol stands for security then");
    }

    /// <summary>What somebody approved counts while they may approve: the group has lost its role meanwhile.</summary>
    [Fact]
    public async Task Counts_nobody_whose_group_may_approve_no_more()
    {
        await using var engine = await Engine.Start("sqlite", ("auth:mode", "password"));
        await engine.SetPolicyAsync(new ApprovalPolicyBody { Required = 2, Groups = new Dictionary<string, int> { ["security"] = 1 }, NotByAuthor = false });
        var binding = new BindingBody { Subject = "group:security", Role = Roles.Approver, Project = Projects.All };
        var origin = new AccessOrigin(Subject.User("root"), EventSource.Http);
        await engine.Do<BindingDesk>(desk => desk.AddAsync(binding, origin, default));
        var batch = await engine.Batch("api");
        var carol = Subject.User("carol", "security");
        (await engine.Raise(batch, "approve", by: "carol", asker: carol)).Votes!.Votes.ShouldBe(1);
        (await engine.ApprovalAsync(batch))!.Missing.ShouldHaveSingleItem().CanBeGivenBy.ShouldBe(["group:security"]);

        await engine.Do<BindingDesk>(desk => desk.RemoveAsync(binding, origin, default));

        var state = (await engine.ApprovalAsync(batch))!;
        state.Given.ShouldHaveSingleItem().WhyNot.ShouldBe("carol no longer has the permission approve in project default");
        state.Missing.Select(m => (m.Group, m.Count)).ShouldBe([("security", 1), (null, 1)]);
        (await engine.VoteAsync(batch, "bob")).Outcome.ShouldBe(EventOutcome.Noted, "bob alone does not make two");
        (await engine.Status(batch)).ShouldBe(BatchStatus.PendingApproval);
    }

    [Fact]
    public async Task Is_not_given_by_its_author_under_any_of_their_names()
    {
        await using var engine = await Engine.Start();
        await engine.SetPolicyAsync(new ApprovalPolicyBody { Required = 1, NotByAuthor = true });
        var batch = await engine.Batch("api");
        await engine.Do<ReleaseEditor>(c => c.ChangeAsync(batch.Id, "api", new ReleaseChange { BuildNumber = "1" }, Precondition.None, "bob", default));
        var grants = Electorate.Person("x").Grants;

        Subject[] authors =
        [
            Electorate.Person(Engine.Person), Electorate.Person("ANN"), new(SubjectKind.Amqp, "ann") { Grants = grants },
            new(SubjectKind.Token, "t1") { Person = "ann", Grants = grants }, Electorate.Person("bob"), new(SubjectKind.Token, "t2") { Person = "bob", Grants = grants }
        ];
        foreach (var author in authors)
        {
            var refused = await engine.Raise(batch, "approve", by: author.Operator, asker: author);

            (refused.Outcome, refused.RefusalKind).ShouldBe((EventOutcome.Refused, RefusalKind.Illegal), author.Id);
            refused.Reason!.ShouldContain("somebody else has to approve it");
        }
        (await engine.Read(db => db.Set<Vote>().CountAsync())).ShouldBe(0);

        (await engine.VoteAsync(batch, "carol")).ToState.ShouldBe(BatchStatus.Approved);
    }

    [Fact]
    public async Task Does_not_take_builds_that_flow_in_for_anybodys_change()
    {
        await using var engine = await Engine.Start();
        await engine.SetPolicyAsync(new ApprovalPolicyBody { NotByAuthor = true });
        var batch = await engine.Batch("api");
        engine.Clock.Advance(TimeSpan.FromMinutes(1));
        await engine.Build("api", "2");

        (await engine.Do<BatchVotes, IReadOnlySet<string>>(votes => votes.AuthorsAsync(batch, default))).ShouldBe(["ann"]);
    }

    [Fact]
    public async Task Counts_a_voter_no_more_who_then_changes_the_content_and_changes_it_back()
    {
        await using var engine = await Engine.Start();
        await engine.SetPolicyAsync(new ApprovalPolicyBody { Required = 2, NotByAuthor = true });
        var batch = await engine.Batch("api");
        await engine.VoteAsync(batch, "bob");
        await engine.Do<ReleaseEditor>(c => c.ChangeAsync(batch.Id, "api", new ReleaseChange { BuildNumber = "1" }, Precondition.None, "bob", default));
        await engine.Do<ReleaseEditor>(c => c.ChangeAsync(batch.Id, "api", new ReleaseChange { BuildNumber = "" }, Precondition.None, "bob", default));

        (await engine.ApprovalAsync(batch))!.Given.ShouldHaveSingleItem().WhyNot.ShouldBe("bob has made the batch or changed its content");
    }

    [Fact]
    public async Task Is_asked_for_again_before_production_where_the_policy_says_so()
    {
        await using var engine = await Engine.Start("sqlite", ("deploy:driver", "external"));
        await engine.SetPolicyAsync(prodApprovals: new ApprovalPolicyBody { Required = 2, Groups = new Dictionary<string, int> { ["sre"] = 1 }, NotByAuthor = true });
        var batch = await engine.SealedBatch("api");
        await engine.Accepted(batch, "start_pre_deploy");
        await engine.Accepted(batch, "pre_deploy_completed");

        var author = await engine.Raise(batch, "start_prod_deploy");
        var first = await engine.Raise(batch, "start_prod_deploy", by: "bob", asker: Electorate.Person("bob"));
        var again = await engine.Raise(batch, "start_prod_deploy", by: "bob", asker: Electorate.Person("bob"));

        (author.Outcome, author.Reason!).ShouldBe((EventOutcome.Refused, "ann has made the batch or changed its content; somebody else has to approve it"));
        (first.Outcome, first.ToState, Missing(first)).ShouldBe((EventOutcome.Noted, BatchStatus.PreDeployed, "1 of group sre"));
        again.Votes!.Votes.ShouldBe(1);
        (await engine.Find(batch.CorrelationId)).Prod.Attempt.ShouldBe(0);

        var last = await engine.Raise(batch, "start_prod_deploy", by: "carol", asker: Electorate.Person("carol", "sre"));

        (last.Outcome, last.ToState).ShouldBe((EventOutcome.Accepted, BatchStatus.ProdDeploying));
        (await engine.Find(batch.CorrelationId)).Prod.Attempt.ShouldBe(1);
    }

    [Fact]
    public async Task Is_told_with_who_is_still_needed()
    {
        await using var engine = await Engine.Start("sqlite", ("notification:provider", "log"), ("auth:mode", "password"));
        await engine.SetPolicyAsync(new ApprovalPolicyBody { Required = 2, Groups = new Dictionary<string, int> { ["security"] = 1 }, NotByAuthor = false });
        await engine.Do<BindingDesk>(desk => desk.AddAsync(new BindingBody { Subject = "group:security", Role = Roles.Approver, Project = Projects.All },
            new AccessOrigin(Subject.User("root"), EventSource.Http), default));
        var batch = await engine.Batch("api");

        await engine.VoteAsync(batch, "bob");
        await engine.VoteAsync(batch, "bob");

        var row = await engine.Read(db => db.Set<Notification>().SingleAsync(n => n.Kind == NoticeKind.ApprovalGiven));
        var told = engine.Services.GetRequiredService<NoticeComposer>().Compose(NoticeJson.Read(row.Payload), []);
        told.Title.ShouldBe($"等待审核 1/2：审核通过 · 1 of 2 approvals: Approve — {batch.BatchNumber}");
        told.Tone.ShouldBe(MessageTone.Waiting);
        told.Facts.ShouldContain(new MessageFact("已审核 Approved by", "bob"));
        told.Facts.ShouldContain(new MessageFact("尚缺 Still needed", "1 of group security (group:security)"));
    }

    [Fact]
    public async Task Is_one_persons_word_by_default()
    {
        await using var engine = await Engine.Start();
        var batch = await engine.Batch("api");

        var row = await engine.Raise(batch, "approve");

        (row.Outcome, row.ToState, row.Version).ShouldBe((EventOutcome.Accepted, BatchStatus.Approved, 1));
        engine.Told<ApprovalGiven>().ShouldBeEmpty();
        (await engine.ApprovalAsync(batch))!.ShouldSatisfyAllConditions(
            state => (state.Votes, state.Required, state.Reached, state.OnChange, state.NotByAuthor).ShouldBe((1, 1, true, "keep", false)));
        (await engine.ApprovalAsync(batch, ApprovalKind.Production)).ShouldBeNull();
    }

    private static string Missing(CommandResult row) => MissingVotes.InWords(row.Votes!.Missing);
}
