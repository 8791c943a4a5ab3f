using DevopsCd.Core.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Core.Notifications.Composing;

/// <summary>
/// Looks up what CDEvents tell and a notice does not carry: the sealed images, the clusters of a stage, and what ran there before.
/// Asked when an event leaves, so that a transition never pays for it.
/// </summary>
internal sealed class CdEventFacts(IServiceScopeFactory scopes)
{
    /// <summary>The message with each of its notices completed.</summary>
    public async Task<NoticeMessage> CompleteAsync(NoticeMessage message, CancellationToken cancellationToken)
    {
        var told = new List<Notice>(message.Told.Count);
        foreach (var notice in message.Told)
            told.Add(await CompleteAsync(notice, cancellationToken));
        return message with { Told = told };
    }

    /// <summary>The notice with one application a cluster, as far as the tables know; otherwise as it is.</summary>
    public async Task<Notice> CompleteAsync(Notice notice, CancellationToken cancellationToken)
    {
        if (notice.BatchId is not { } batch || !(notice.EndsStage() || notice.Seals()))
            return notice;
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CdDbContext>();
        var images = await db.Releases.AsNoTracking().Where(r => r.BatchId == batch && r.ImageName != null).OrderBy(r => r.Id)
            .Select(r => new ApplicationOutcome(r.App.Name, ReleaseStatus.None, null)
            {
                ImageName = r.ImageName,
                ImageTag = r.ImageTag,
                ImageDigest = r.ImageDigest
            })
            .ToListAsync(cancellationToken);
        if (images.Count == 0)
            return notice;
        if (!notice.EndsStage())
            return notice with { Applications = images };
        var deployed = await DeployedAsync(db, notice, batch, images.ToDictionary(i => i.Name, StringComparer.Ordinal), cancellationToken);
        return deployed.Count == 0 ? notice : notice with { Applications = deployed };
    }

    private static async Task<List<ApplicationOutcome>> DeployedAsync(
        CdDbContext db, Notice notice, long batch, Dictionary<string, ApplicationOutcome> images, CancellationToken cancellationToken)
    {
        // Of this attempt only: what succeeded before was told by the end of that attempt.
        var now = await db.Deployments.AsNoTracking()
            .Where(d => d.BatchId == batch && d.Stage == notice.Stage && d.Attempt == notice.Attempt && d.Status == OperationStatus.Succeeded)
            .OrderBy(d => d.Id)
            .ToListAsync(cancellationToken);
        if (now.Count == 0)
            return [];
        var (names, first) = (now.Select(d => d.Application).Distinct().ToList(), now[0].Id);
        var stages = now[0].Stage.OfSamePlace();
        var before = (await db.Deployments.AsNoTracking()
            .Where(d => stages.Contains(d.Stage) && d.Status == OperationStatus.Succeeded
                && d.Id < first && names.Contains(d.Application))
            .GroupBy(d => new { d.Application, d.Cluster, d.Image })
            .Select(g => new { g.Key.Application, g.Key.Cluster, g.Key.Image, Last = g.Max(d => d.Id) })
            .ToListAsync(cancellationToken)).ToLookup(d => (d.Application, d.Cluster));
        return
        [
            .. from deployment in now
               where images.ContainsKey(deployment.Application)
               let earlier = before[(deployment.Application, deployment.Cluster)].OrderByDescending(e => e.Last).Select(e => e.Image).ToList()
               select Named(images[deployment.Application], deployment) with
               {
                   Outcome = ReleaseStatus.Succeeded,
                   Cluster = deployment.Cluster,
                   Replaced = earlier.Count > 0,
                   // An image that ran before the one it replaces comes back.
                   RolledBack = deployment.Stage.GoesBack() || earlier.Count > 1 && earlier[0] != deployment.Image && earlier.Contains(deployment.Image)
               }
        ];
    }

    /// <summary>The image that runs now: of a rollback it is not the batch's own.</summary>
    private static ApplicationOutcome Named(ApplicationOutcome application, Deployment deployment)
    {
        if (!deployment.Stage.GoesBack())
            return application;
        var image = deployment.PreviousImage is { } previous ? ImageReference.Parse(previous) : null;
        return application with { ImageName = image?.Name, ImageTag = image?.Tag, ImageDigest = image?.Digest };
    }
}
