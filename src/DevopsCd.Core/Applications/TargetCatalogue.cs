using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Data;
using DevopsCd.Core.Deployments;
using DevopsCd.Shared;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Applications;

/// <summary>How applications deploy: one target for each stage and cluster.</summary>
internal sealed class TargetCatalogue(CdDbContext db, TargetReview review)
{
    /// <summary>Makes or changes a target. Open batches that are not sealed deploy by it; a seal keeps what it saw.</summary>
    /// <returns>The application, with what could not be checked in its notes, and whether the target is new.</returns>
    /// <exception cref="BatchRefusedException">A field is wrong, there is no such application, or the target has changed since it was read.</exception>
    public async Task<(ApplicationView View, bool IsNew)> PutAsync(
        string name, string stage, string cluster, TargetBody body, Visible visible, Precondition precondition, CancellationToken cancellationToken)
    {
        var wanted = WantedTarget.Of(stage, cluster, body);
        if (!await db.Applications.AnyAsync(a => a.Name == name, cancellationToken))
            throw Unknown(name);
        var notes = await review.AskAsync(name, wanted, cancellationToken);
        var (saved, isNew) = await db.InTransactionAsync(() => SaveAsync(name, wanted, visible, precondition, cancellationToken), cancellationToken);
        return (saved with { Notes = notes }, isNew);
    }

    /// <summary>Removes a target. A sealed batch still deploys by it.</summary>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="BatchRefusedException">The target has changed since it was read.</exception>
    public Task<bool> RemoveAsync(string name, string stage, string cluster, Precondition precondition, CancellationToken cancellationToken) =>
        db.InTransactionAsync(async () =>
        {
            await db.LockApplicationsAsync([name], cancellationToken);
            if (!Stages.TryForward(stage, out var place)
                || await db.Targets.SingleOrDefaultAsync(t => t.Application.Name == name && t.Stage == place && t.Cluster == cluster, cancellationToken)
                    is not { } target)
                return false;
            precondition.Check($"the target {stage}/{cluster} of '{name}'", [ResourceTag.Of(ApplicationViews.View(target))]);
            db.Remove(target);
            await db.SaveChangesAsync(cancellationToken);
            return true;
        }, cancellationToken);

    private async Task<(ApplicationView View, bool IsNew)> SaveAsync(
        string name, WantedTarget wanted, Visible visible, Precondition precondition, CancellationToken cancellationToken)
    {
        await db.LockApplicationsAsync([name], cancellationToken);
        var application = await db.Applications.Include(a => a.Targets).SingleOrDefaultAsync(a => a.Name == name, cancellationToken) ?? throw Unknown(name);
        var open = await db.OpenBatchAsync(application.Id, visible, cancellationToken);
        var target = wanted.Find(application);
        // The target's own ETag, or that of the application it was read with.
        precondition.Check($"the target {wanted.View.Stage}/{wanted.View.Cluster} of '{name}'",
            target is null ? null : [ResourceTag.Of(ApplicationViews.View(target)), ResourceTag.Of(ApplicationViews.View(application, open))]);
        wanted.Set(application);
        await db.SaveChangesAsync(cancellationToken);
        return (ApplicationViews.View(application, open), target is null);
    }

    private static BatchRefusedException Unknown(string name) => new(RefusalKind.NotFound, $"there is no application '{name}'");
}
