using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Approvals;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Data;
using DevopsCd.Core.Policies;
using DevopsCd.Core.Tests.Engines;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Tests.Approvals;

/// <summary>People who approve, and the policy they approve by.</summary>
internal static class Electorate
{
    /// <summary>Somebody with the rights of a role, whom the way in has put into groups.</summary>
    public static Subject Person(string name, params string[] groups) =>
        Subject.User(name, groups) with { Grants = [new Grant(Roles.Admin, Projects.All, "the test")] };

    /// <summary>What the default project asks for from now on.</summary>
    public static Task SetPolicyAsync(this Engine engine, ApprovalPolicyBody? approvals = null, ApprovalPolicyBody? prodApprovals = null) =>
        engine.Do<CdDbContext>(async db =>
        {
            var policy = PolicyRules.Write(new ProjectPolicyBody { Approvals = approvals, ProdApprovals = prodApprovals });
            if (await db.Set<Project>().SingleOrDefaultAsync(p => p.Name == Projects.Default) is { } project)
                project.Policy = policy;
            else
                db.Add(new Project { Name = Projects.Default, Policy = policy });
            await db.SaveChangesAsync();
        });

    public static Task<CommandResult> VoteAsync(this Engine engine, Batch batch, string name, params string[] groups) =>
        engine.Raise(batch, "approve", by: name, asker: Person(name, groups));

    public static Task<ApprovalState?> ApprovalAsync(this Engine engine, Batch batch, ApprovalKind kind = ApprovalKind.Release) =>
        engine.Do<ApprovalViews, ApprovalState?>(async views => await views.ShowAsync(
            await engine.Find(batch.CorrelationId), kind, await engine.Releases(batch), default));
}
