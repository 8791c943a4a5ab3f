using System.Globalization;
using DevopsCd.Contracts;
using DevopsCd.Core.Access;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Builds;
using DevopsCd.Core.Data;
using DevopsCd.Core.MessageContracts;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Batches;

/// <summary>Makes a new batch of what was asked for, or says everything that is wrong with it.</summary>
internal sealed class BatchFactory(CdDbContext db, BuildQueries builds, BatchDoor door, AccessDoor access, ReleaseCarving carving, TimeProvider clock)
{
    public const int MostReleases = 1000;

    /// <param name="batch">The batch that is to be.</param>
    /// <param name="command">What was asked for.</param>
    /// <param name="asker">Who asks, and must have the right.</param>
    /// <param name="split">The batch that its applications leave; null where it is new.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="BatchRefusedException">Something is wrong with it, an application is in an open batch, or the asker lacks the right.</exception>
    public async Task OpenAsync(Batch batch, CreateBatch command, Subject asker, SplitOrigin? split, CancellationToken cancellationToken)
    {
        var errors = new Dictionary<string, Sentence[]>();
        CheckShape(command, errors);
        ThrowIf(errors);

        if (command.Project is { } project)
            await db.RequireProjectAsync(project, cancellationToken);
        if (split is not null)
        {
            var leaving = await carving.NamesAsync(split, cancellationToken);
            command = command with { Releases = [.. leaving.Select(name => new ReleaseItem { Application = name })] };
        }
        var names = command.Releases.Select(r => r.Application).ToList();
        var apps = await db.LockApplicationsAsync(names, cancellationToken);
        // Asked in front as well, before an application may have moved to a project of other people.
        if (await door.LookAsync(asker, BatchEventTypes.Of<CreateBatch>()!, batch.CorrelationId, command, cancellationToken) is { } denied)
            throw denied;
        for (var i = 0; i < command.Releases.Count; i++)
            CheckItem(command.Releases[i], $"releases[{i}]", apps, names, errors);
        ThrowIf(errors);
        var left = split is null ? null : await carving.TakeAsync(split, names, cancellationToken);
        if (left is null)
            await RefuseTakenApplicationsAsync(apps.Values, asker, cancellationToken);

        var now = clock.GetUtcNow();
        batch.Id = await db.NextAsync("batches", cancellationToken);
        batch.BatchNumber = command.BatchNumber is { } wanted ? await FreeAsync(wanted, cancellationToken) : await NextNumberAsync(now, cancellationToken);
        batch.Title = command.Title.Trim();
        batch.Project = command.Project;
        batch.Initiator = command.Operator;
        batch.CreatedAt = now;
        if (left is null)
        {
            for (var i = 0; i < command.Releases.Count; i++)
                db.Releases.Add(await ReleaseAsync(batch, command.Releases[i], $"releases[{i}]", apps, names, command.Operator, cancellationToken));
            return;
        }
        foreach (var release in left.Releases)
        {
            release.Move(batch.Id, names);
            await FollowAsync(release, cancellationToken);
        }
        await carving.RecordAsync(left.Batch, batch, names, command.Operator, cancellationToken);
    }

    /// <summary>Puts further applications into a batch; it and they are locked.</summary>
    /// <param name="batch">The batch, whose content is not fixed.</param>
    /// <param name="items">What is to come in.</param>
    /// <param name="present">The names of the applications that are in it already.</param>
    /// <param name="apps">The applications of the items that are registered.</param>
    /// <param name="by">Who adds them, and must have the right.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="BatchRefusedException">An item is wrong, its application is in an open batch, or the right is missing.</exception>
    public async Task<IReadOnlyList<BatchRelease>> AddAsync(
        Batch batch, IReadOnlyList<ReleaseItem> items, IReadOnlyCollection<string> present, IReadOnlyDictionary<string, Application> apps, Subject by,
        CancellationToken cancellationToken)
    {
        var errors = new Dictionary<string, Sentence[]>();
        CheckItems(items, errors);
        ThrowIf(errors);
        if (await door.LookAsync(by, Permissions.Edit, items, cancellationToken) is { } denied)
            throw denied;
        if (items.Count + present.Count > MostReleases)
            throw BatchRefusedException.Content("releases", $"a batch has at most {MostReleases} applications");
        List<string> names = [.. present, .. items.Select(i => i.Application)];
        for (var i = 0; i < items.Count; i++)
            CheckItem(items[i], $"releases[{i}]", apps, names, errors);
        ThrowIf(errors);
        if (items.Select(i => i.Application).Intersect(present, StringComparer.Ordinal).ToList() is { Count: > 0 } twice)
            throw new BatchRefusedException(RefusalKind.Illegal, $"{string.Join(", ", twice)} is in this batch already") { State = batch.Status };
        await RefuseTakenApplicationsAsync(apps.Values, by, cancellationToken);
        var added = new List<BatchRelease>();
        for (var i = 0; i < items.Count; i++)
            added.Add(await ReleaseAsync(batch, items[i], $"releases[{i}]", apps, names, by.Operator, cancellationToken));
        db.Releases.AddRange(added);
        return added;
    }

    private static void CheckShape(CreateBatch command, Dictionary<string, Sentence[]> errors)
    {
        if (string.IsNullOrWhiteSpace(command.Title) || command.Title.Trim().Length > 200)
            errors["title"] = ["must be 1 to 200 characters"];
        if (string.IsNullOrWhiteSpace(command.Operator))
            errors["operator"] = ["is required"];
        if (command.BatchNumber is { } number && (string.IsNullOrWhiteSpace(number) || number.Length > 64))
            errors["batchNumber"] = ["must be 1 to 64 characters, or absent"];
        if (command.Project is { } project && FieldRules.For("project").Wrong(project) is { } wrong)
            errors["project"] = [$"{wrong}"];
        CheckItems(command.Releases, errors);
    }

    private static void CheckItems(IReadOnlyList<ReleaseItem>? items, Dictionary<string, Sentence[]> errors)
    {
        if (items is not { Count: > 0 and <= MostReleases })
        {
            errors["releases"] = [$"must name 1 to {MostReleases} applications"];
            return;
        }
        if (items.Any(r => string.IsNullOrEmpty(r?.Application)))
        {
            errors["releases"] = ["each must be an object with an application's name"];
            return;
        }
        var twice = items.GroupBy(r => r.Application, StringComparer.Ordinal).Where(g => g.Count() > 1).Select(g => g.Key).ToList();
        if (twice.Count > 0)
            errors["releases"] = [$"each application once; twice: {string.Join(", ", twice)}"];
    }

    private static void CheckItem(ReleaseItem item, string field, IReadOnlyDictionary<string, Application> apps, List<string> names,
        Dictionary<string, Sentence[]> errors)
    {
        if (!apps.ContainsKey(item.Application))
            errors[$"{field}.application"] = [BatchDoor.NotRegistered(item.Application)];
        if (item.DependsOn?.Except(names, StringComparer.Ordinal).ToList() is { Count: > 0 } strangers)
            errors[$"{field}.dependsOn"] = [$"not in this batch: {string.Join(", ", strangers)}"];
    }

    private async Task RefuseTakenApplicationsAsync(IEnumerable<Application> apps, Subject asker, CancellationToken cancellationToken)
    {
        var visible = await access.WhereAsync(asker, Permissions.View, cancellationToken);
        if (await db.TakenAsync([.. apps.Select(a => a.Id)], visible, cancellationToken) is { } taken)
            throw new BatchRefusedException(RefusalKind.Illegal, taken);
    }

    private async Task<BatchRelease> ReleaseAsync(
        Batch batch, ReleaseItem item, string field, IReadOnlyDictionary<string, Application> apps, IReadOnlyCollection<string> inBatch, string by,
        CancellationToken cancellationToken)
    {
        var app = apps[item.Application];
        var release = new BatchRelease
        {
            BatchId = batch.Id,
            App = app,
            Branch = string.IsNullOrWhiteSpace(item.Branch) ? app.DefaultBranch : GitRef.Short(item.Branch),
            DependsOn = [.. item.DependsOn ?? app.DependsOn.Where(inBatch.Contains)],
        };
        if (item.BuildNumber is { Length: > 0 } number)
        {
            var pinned = await builds.FindAsync(app.Id, number, cancellationToken);
            if (pinned is not { BuildStatus: BuildStatus.Success })
                throw BatchRefusedException.Content($"{field}.buildNumber", $"'{number}' is not a successful build of {app.Name}");
            release.Pin(pinned, by);
        }
        await FollowAsync(release, cancellationToken);
        return release;
    }

    /// <summary>The newest build of its branch is known, and taken where none is pinned.</summary>
    private async Task FollowAsync(BatchRelease release, CancellationToken cancellationToken)
    {
        if (await builds.NewestAsync(release.App.Id, release.Branch, cancellationToken) is not { } newest)
            return;
        release.LatestBuildId = newest.Id;
        if (release.PinnedBy is null)
            release.Take(newest);
    }

    private async Task<string> FreeAsync(string number, CancellationToken cancellationToken) =>
        await db.Batches.AnyAsync(b => b.BatchNumber == number, cancellationToken)
            ? throw BatchRefusedException.Content("batchNumber", $"'{number}' is taken")
            : number;

    private async Task<string> NextNumberAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        while (true)
        {
            var day = $"B{now.ToString("yyyyMMdd", CultureInfo.InvariantCulture)}";
            var number = $"{day}-{await db.NextAsync(day, cancellationToken):000}";
            // A person may have taken the number by hand.
            if (!await db.Batches.AnyAsync(b => b.BatchNumber == number, cancellationToken))
                return number;
        }
    }

    private static void ThrowIf(Dictionary<string, Sentence[]> errors)
    {
        if (errors.Count > 0)
            throw BatchRefusedException.Content(errors);
    }
}
