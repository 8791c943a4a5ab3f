using DevopsCd.Contracts;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Tests.Engines;
using Microsoft.Extensions.DependencyInjection;
using NSubstitute;

namespace DevopsCd.Core.Tests.Access;

/// <summary>The engine has sent it for somebody, by the schedule for example: their rights count when it comes, not when they asked.</summary>
public sealed class A_command_that_comes_due
{
    private static readonly BindingBody s_approver = new() { Subject = "user:bob", Role = Roles.Approver, Project = Projects.Default };
    private static readonly AccessOrigin s_root = new(Subject.User("root"), EventSource.Http);
    private static readonly Subject s_bob = Subject.User("bob");

    [Fact]
    public async Task Is_done_while_its_sender_has_the_right()
    {
        await using var engine = await Engine.Start();
        var batch = await engine.Batch("api");
        await engine.Do<BindingDesk>(desk => desk.AddAsync(s_approver, s_root, default));

        await engine.Deliver(new ApproveBatch { BatchId = batch.CorrelationId, Operator = "bob" }, asker: s_bob);

        (await engine.Find(batch.CorrelationId)).ApprovedBy.ShouldBe("bob");
    }

    [Fact]
    public async Task Is_refused_when_the_right_has_been_taken_meanwhile()
    {
        await using var engine = await Engine.Start();
        var batch = await engine.Batch("api");
        await engine.Do<BindingDesk>(desk => desk.AddAsync(s_approver, s_root, default));
        await engine.Do<BindingDesk>(desk => desk.AddAsync(s_approver with { Role = Roles.Viewer }, s_root, default));
        await engine.Do<BindingDesk>(desk => desk.RemoveAsync(s_approver, s_root, default));

        await engine.Deliver(new ApproveBatch { BatchId = batch.CorrelationId, Operator = "bob" }, asker: s_bob);

        (await engine.Status(batch)).ShouldBe(BatchStatus.PendingApproval);
        var row = (await engine.Audit(batch)).Last();
        (row.Event, row.Outcome, row.Subject).ShouldBe(("approve", EventOutcome.Denied, "user:bob"));
    }

    [Fact]
    public async Task Is_refused_when_its_sender_has_left_the_group_that_has_the_right()
    {
        var subjects = Substitute.For<IKnownSubjects>();
        subjects.NowAsync(default!, default).ReturnsForAnyArgs(s_bob);
        await using var engine = await Engine.Start(services => services.AddSingleton(subjects));
        var batch = await engine.Batch("api");
        await engine.Do<BindingDesk>(desk => desk.AddAsync(s_approver with { Role = Roles.Viewer }, s_root, default));
        await engine.Do<BindingDesk>(desk => desk.AddAsync(s_approver with { Subject = "group:approvers" }, s_root, default));

        await engine.Deliver(new ApproveBatch { BatchId = batch.CorrelationId, Operator = "bob" }, asker: Subject.User("bob", "approvers"));

        var row = (await engine.Audit(batch)).Last();
        (row.Event, row.Outcome, row.Subject).ShouldBe(("approve", EventOutcome.Denied, "user:bob"));
    }
}
