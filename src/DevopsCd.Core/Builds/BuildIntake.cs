using DevopsCd.Contracts;
using DevopsCd.Core.Approvals;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Data;
using DevopsCd.Core.Observability;
using DevopsCd.Shared;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Builds;

/// <summary>Stores what a CI reports and refreshes the release that follows it, in one transaction (R1, R2).</summary>
internal sealed class BuildIntake(
    CdDbContext db, BuildQueries queries, AuditWriter journal, ApprovedContent approved, IPublishEndpoint publish, TimeProvider clock)
{
    /// <summary>Attempts and pushes of one number that are looked at; a tag that is pushed for ever has more.</summary>
    private const int MostOfARun = 50;

    /// <summary>The newest builds of the branch, among which one finds its place.</summary>
    private const int Neighbours = 50;

    /// <summary>Takes in a build. The caller owns no transaction on <see cref="CdDbContext" />.</summary>
    /// <param name="message">What the CI says.</param>
    /// <param name="source">Through what it came, for the history.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What became of it.</returns>
    public Task<IntakeResult> TakeAsync(BuildCompleted message, string source, CancellationToken cancellationToken) =>
        db.InTransactionAsync(() => TakeInTransactionAsync(message, source, cancellationToken), cancellationToken);

    /// <summary>The same inside the caller's transaction.</summary>
    /// <exception cref="BatchRefusedException">Fields are wrong; every one is named.</exception>
    public async Task<IntakeResult> TakeInTransactionAsync(BuildCompleted message, string source, CancellationToken cancellationToken)
    {
        var notes = new List<string>();
        var said = BuildRules.Read(message, clock.GetUtcNow(), notes);
        var application = (await db.LockApplicationsAsync([said.Application], cancellationToken)).Values.SingleOrDefault();
        var name = BuildRun.Named(said);
        var known = await db.Builds.Where(b => b.ApplicationName == said.Application && (b.RunNumber == said.BuildNumber || b.BuildNumber == name))
            .OrderByDescending(b => b.Id).Take(MostOfARun).ToListAsync(cancellationToken);
        var run = new BuildRun(known);
        var (word, build, note) = run.Hear(said);
        if (note is not null)
            notes.Add(note);
        // A name that was removed and registered again: what is reported now is reported for the application that bears it now.
        var isTakenOver = build is not null && application is not null && build.ApplicationId != application.Id;
        if (isTakenOver)
            build!.ApplicationId = application!.Id;
        // Also a word that changes nothing may be the last one: an older one that comes after it must not count.
        if (build?.BuildStatus == BuildStatus.Success && said.Status == BuildStatus.Success && build.FinishedAt is not null && said.FinishedAt > build.KnownAt)
            build.LastWordAt = said.FinishedAt;
        if (word == BuildWord.Known)
        {
            await db.SaveChangesAsync(cancellationToken);
            if (isTakenOver && build!.BuildStatus == BuildStatus.Success)
                await RefreshAsync(application!.Id, build.Branch, source, cancellationToken);
            return new IntakeResult(build!.Id, build.BuildNumber, Known: true, application is not null, notes);
        }

        if (build is null)
            db.Builds.Add(build = await NewAsync(said, application?.Id, known, cancellationToken));
        await WriteAsync(build, said, word, notes, cancellationToken);
        var overtaken = run.Supersede(build);
        await db.SaveChangesAsync(cancellationToken);
        Metrics.TookIn(source, EnumNames<BuildStatus>.Of(build.BuildStatus));
        if (application is not null && (overtaken || build.BuildStatus == BuildStatus.Success || word == BuildWord.Withdraws))
            await RefreshAsync(application.Id, build.Branch, source, cancellationToken, word == BuildWord.Withdraws ? build : null);
        if (build.BuildNumber != said.BuildNumber)
            notes.Add($"stored as {build.BuildNumber}");
        return new IntakeResult(build.Id, build.BuildNumber, Known: false, application is not null, notes);
    }

    /// <summary>
    /// Brings the open release of an application to the newest build of its branch. Under the batch's row lock: a seal
    /// either has the build in its snapshot or sees it recorded as newer (R4).
    /// </summary>
    /// <param name="applicationId">The application.</param>
    /// <param name="branch">The branch.</param>
    /// <param name="source">Through what it came, for the history.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="withdrawn">A build that was a success until now: a batch that keeps it writes that down.</param>
    /// <returns>Whether the release's build changed.</returns>
    public async Task<bool> RefreshAsync(long applicationId, string branch, string source, CancellationToken cancellationToken, Build? withdrawn = null)
    {
        var batchId = await db.Releases.Where(r => r.AppId == applicationId && r.IsOpen && r.Branch == branch)
            .Select(r => (long?)r.BatchId).SingleOrDefaultAsync(cancellationToken);
        if (batchId is null || await db.LockBatchAsync(batchId.Value, cancellationToken) is not { } batch)
            return false;
        // Read again under the lock: the batch may have ended or sealed while this waited.
        var release = await db.ContentOf(batch.Id).SingleOrDefaultAsync(r => r.AppId == applicationId && r.IsOpen, cancellationToken);
        if (release is null)
            return false;
        await db.Entry(release).ReloadAsync(cancellationToken);
        var newest = await queries.NewestAsync(applicationId, branch, cancellationToken);
        release.LatestBuildId = newest?.Id;
        var follows = BatchStatus.Refreshes(batch.Status) && !release.IsLocked && release.PinnedBy is null
            && !await approved.IsHeldAsync(batch, cancellationToken);
        var refreshes = follows && (release.BuildId != newest?.Id || release.ImageDigest != newest?.ImageDigest);
        if (refreshes && newest is null)
            Drop(batch, release, source);
        else if (refreshes)
            await MoveAsync(batch, release, newest!, source, cancellationToken);
        else if (withdrawn is not null && release.BuildId == withdrawn.Id)
            journal.Note(batch, "build_withdrawn", Operators.Engine, source,
                $"{release.App.Name}: build {withdrawn.BuildNumber} was reported as {EnumNames<BuildStatus>.Of(withdrawn.BuildStatus)} "
                    + $"after it had been taken; this batch keeps it", null);
        await db.SaveChangesAsync(cancellationToken);
        if (refreshes)
            await approved.ChangedAsync(batch, cancellationToken);
        return refreshes;
    }

    /// <summary>Brings releases to the newest builds, which were held back for a while.</summary>
    /// <param name="batch">Locked by this transaction.</param>
    /// <param name="releases">Its releases, with application and build.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task CatchUpAsync(Batch batch, IEnumerable<BatchRelease> releases, CancellationToken cancellationToken)
    {
        foreach (var release in releases.Where(r => r.PinnedBy is null && !r.IsLocked && r.LatestBuildId is not null && r.LatestBuildId != r.BuildId))
            if (await db.Builds.FindAsync([release.LatestBuildId], cancellationToken) is { BuildStatus: BuildStatus.Success } newest)
                await MoveAsync(batch, release, newest, EventSource.Engine, cancellationToken);
    }

    /// <summary>
    /// Builds that came before their application was registered. Those of an application that had the name before and was removed are among them
    /// in its own project only: they are not shown to others because somebody has registered the name elsewhere.
    /// </summary>
    public async Task AdoptAsync(Application application, CancellationToken cancellationToken)
    {
        var former = db.Set<Application>().Where(a => a.Name == application.Name && a.Project == application.Project && a.RemovedAt != null)
            .Select(a => (long?)a.Id);
        await db.Builds.Where(b => b.ApplicationName == application.Name && (b.ApplicationId == null || former.Contains(b.ApplicationId)))
            .ExecuteUpdateAsync(set => set.SetProperty(b => b.ApplicationId, application.Id), cancellationToken);
    }

    private async Task MoveAsync(Batch batch, BatchRelease release, Build newest, string source, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var (before, from) = (ReleaseContent.Of(release), release.Build?.BuildNumber);
        release.Take(newest);
        batch.UpdatedAt = now;
        journal.Note(batch, "build_refreshed", Operators.Engine, source,
            $"{release.App.Name}: {BuildWords.Number(from)} → {newest.BuildNumber}{(from == newest.BuildNumber ? $" as {newest.ImageDigest}" : "")}",
            ContentHistory.Detail(before, release, newest.BuildNumber));
        await publish.Publish(new ReleaseBuildRefreshed
        {
            BatchId = batch.CorrelationId,
            BatchNumber = batch.BatchNumber,
            Application = release.App.Name,
            FromBuildNumber = from,
            ToBuildNumber = newest.BuildNumber,
            At = now
        }, cancellationToken);
    }

    private void Drop(Batch batch, BatchRelease release, string source)
    {
        var (before, from) = (ReleaseContent.Of(release), BuildWords.Number(release.Build?.BuildNumber));
        release.Drop();
        batch.UpdatedAt = clock.GetUtcNow();
        journal.Note(batch, "build_refreshed", Operators.Engine, source,
            $"{release.App.Name}: {from} → no build; {release.Branch} has no other successful one",
            ContentHistory.Detail(before, release, null));
    }

    private async Task<Build> NewAsync(BuildCompleted said, long? applicationId, List<Build> known, CancellationToken cancellationToken)
    {
        var name = BuildRun.Named(said);
        var own = db.Builds.Where(b => b.ApplicationName == said.Application);
        var revision = 1;
        // Nearly every build is the first of its number; only what has namesakes has to be looked for.
        if (known.Count > 0)
        {
            revision += await own.Where(b => (b.RunNumber == said.BuildNumber && b.Attempt == said.Attempt) || b.BuildNumber == name)
                .MaxAsync(b => (int?)b.Revision, cancellationToken) ?? 0;
            // "128.2" may be the second attempt at 128 and a number of the CI's own, "128~2" the second content of 128 and somebody's number:
            // one that is not among this number's builds may have the name.
            while (BuildRun.Revised(name, revision) is var taken && await own.AnyAsync(b => b.BuildNumber == taken, cancellationToken))
                revision++;
        }

        return new Build
        {
            ApplicationName = said.Application,
            ApplicationId = applicationId,
            BuildNumber = BuildRun.Revised(name, revision),
            RunNumber = said.BuildNumber,
            Attempt = said.Attempt ?? 1,
            Revision = revision,
            Branch = said.Branch,
            ReceivedAt = clock.GetUtcNow()
        };
    }

    private async Task WriteAsync(Build build, BuildCompleted said, BuildWord word, List<string> notes, CancellationToken cancellationToken)
    {
        if (word is BuildWord.Withdraws or BuildWord.Restores)
        {
            // What was built stays what it was: a sealed batch may hold it. So does its place: when a job of last week's build is run again,
            // with a failure first and then a success, that makes it no newer than what was built since.
            (build.BuildStatus, build.Withdrawn) = (said.Status, word == BuildWord.Withdraws);
            build.LastWordAt = said.FinishedAt ?? build.LastWordAt;
            if (word == BuildWord.Restores)
                build.ImageDigest ??= said.ImageDigest;
            (build.Source, build.Link) = (said.Source ?? build.Source, said.Link ?? build.Link);
            return;
        }

        (build.FinishedAt, build.LastWordAt) = word == BuildWord.Completes ? (build.FinishedAt ?? said.FinishedAt, build.LastWordAt) : (said.FinishedAt, null);
        if (word == BuildWord.Completes)
            build.ImageDigest ??= said.ImageDigest;
        else
            Replace(build, said);
        var others = await db.Builds.AsNoTracking().Where(b => b.ApplicationName == build.ApplicationName && b.Branch == build.Branch && b.Id != build.Id)
            .OrderByDescending(b => b.OrderedAt).Take(Neighbours)
            .Select(b => new BuildPlace.Neighbour(b.RunNumber, b.BuildNumber, b.Attempt, b.Revision, b.FinishedAt, b.OrderedAt)).ToListAsync(cancellationToken);
        var place = BuildPlace.Of(build, others, clock.GetUtcNow());
        (build.OrderedAt, build.OrderedBy) = (place.At, place.By);
        if (place.Against is { } other && build.BuildStatus == BuildStatus.Success)
            notes.Add($"ordered by arrival: neither a finish time nor the number orders it against {other}");
    }

    private static void Replace(Build build, BuildCompleted said)
    {
        build.CommitId = said.CommitId;
        build.CommitMessage = said.CommitMessage;
        build.CommitAuthor = said.CommitAuthor;
        build.ImageName = said.ImageName;
        build.ImageTag = said.ImageTag;
        build.ImageDigest = said.ImageDigest;
        (build.BuildStatus, build.Withdrawn) = (said.Status, build.Withdrawn && said.Status != BuildStatus.Success);
        build.Source = said.Source;
        build.Link = said.Link;
    }
}
