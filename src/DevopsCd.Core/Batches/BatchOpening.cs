using System.Globalization;
using DevopsCd.Contracts;
using DevopsCd.Core.Applications;
using DevopsCd.Core.Builds;
using DevopsCd.Core.Data;
using DevopsCd.Core.Intake.Messages;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Batches;

/// <summary>Makes a new batch of what was asked for, or says everything that is wrong with it.</summary>
internal sealed class BatchOpening(CdDbContext db, BuildQueries builds, TimeProvider clock)
{
    public const int MostReleases = 1000;

    public async Task Open(Batch batch, CreateBatch command, CancellationToken cancellationToken)
    {
        var errors = new Dictionary<string, string[]>();
        CheckShape(command, errors);
        ThrowIf(errors);

        var names = command.Releases.Select(r => r.Application).ToList();
        var apps = await db.LockApplications(names, cancellationToken);
        for (var i = 0; i < command.Releases.Count; i++)
            CheckItem(command.Releases[i], $"releases[{i}]", apps, names, errors);
        ThrowIf(errors);
        await RefuseTakenApplications(apps.Values, cancellationToken);

        var now = clock.GetUtcNow();
        batch.Id = await db.Next("batches", cancellationToken);
        batch.BatchNumber = command.BatchNumber is { } wanted ? await Free(wanted, cancellationToken) : await NextNumber(now, cancellationToken);
        batch.Title = command.Title.Trim();
        batch.Project = command.Project;
        batch.Initiator = command.Operator;
        batch.CreatedAt = now;
        for (var i = 0; i < command.Releases.Count; i++)
            db.Releases.Add(await Release(batch, command.Releases[i], $"releases[{i}]", apps, command.Operator, cancellationToken));
    }

    private static void CheckShape(CreateBatch command, Dictionary<string, string[]> errors)
    {
        if (string.IsNullOrWhiteSpace(command.Title) || command.Title.Trim().Length > 200)
            errors["title"] = ["must be 1 to 200 characters"];
        if (string.IsNullOrWhiteSpace(command.Operator))
            errors["operator"] = ["is required"];
        if (command.BatchNumber is { } number && (string.IsNullOrWhiteSpace(number) || number.Length > 64))
            errors["batchNumber"] = ["must be 1 to 64 characters, or absent"];
        if (command.Project is { } project && FieldRules.For("project").Wrong(project) is { } wrong)
            errors["project"] = [wrong];
        if (command.Releases is not { Count: > 0 and <= MostReleases })
        {
            errors["releases"] = [$"must name 1 to {MostReleases} applications"];
            return;
        }
        if (command.Releases.Any(r => string.IsNullOrEmpty(r?.Application)))
        {
            errors["releases"] = ["each must be an object with an application's name"];
            return;
        }
        var twice = command.Releases.GroupBy(r => r.Application, StringComparer.Ordinal).Where(g => g.Count() > 1).Select(g => g.Key).ToList();
        if (twice.Count > 0)
            errors["releases"] = [$"each application once; twice: {string.Join(", ", twice)}"];
    }

    private static void CheckItem(ReleaseItem item, string field, IReadOnlyDictionary<string, Application> apps, List<string> names, Dictionary<string, string[]> errors)
    {
        if (!apps.ContainsKey(item.Application))
            errors[$"{field}.application"] = [$"'{item.Application}' is not registered; POST /api/v1/applications first"];
        if (item.DependsOn?.Except(names, StringComparer.Ordinal).ToList() is { Count: > 0 } strangers)
            errors[$"{field}.dependsOn"] = [$"not in this batch: {string.Join(", ", strangers)}"];
    }

    private async Task RefuseTakenApplications(IEnumerable<Application> apps, CancellationToken cancellationToken)
    {
        var ids = apps.Select(a => a.Id).ToList();
        var taken = await db.Releases.Where(r => r.IsOpen && ids.Contains(r.AppId))
            .Select(r => new { r.App.Name, r.Batch.BatchNumber }).OrderBy(t => t.Name).Take(20).ToListAsync(cancellationToken);
        if (taken.Count > 0)
            throw new BatchRefused(RefusalKind.Illegal, string.Join("; ", taken.Select(t => $"{t.Name} is in open batch {t.BatchNumber}")));
    }

    private async Task<BatchRelease> Release(
        Batch batch, ReleaseItem item, string field, IReadOnlyDictionary<string, Application> apps, string by, CancellationToken cancellationToken)
    {
        var app = apps[item.Application];
        var inBatch = apps.Keys;
        var release = new BatchRelease
        {
            BatchId = batch.Id,
            App = app,
            Branch = string.IsNullOrWhiteSpace(item.Branch) ? app.DefaultBranch : item.Branch,
            DependsOn = [.. item.DependsOn ?? app.DependsOn.Where(inBatch.Contains)],
        };
        if (item.BuildNumber is { Length: > 0 } number)
        {
            var pinned = await builds.Find(app.Id, number, cancellationToken);
            if (pinned is not { BuildStatus: BuildStatus.Success })
                throw BatchRefused.Content($"{field}.buildNumber", $"'{number}' is no successful build of {app.Name}");
            release.Pin(pinned, by);
        }
        if (await builds.Newest(app.Id, release.Branch, cancellationToken) is { } newest)
        {
            release.LatestBuildId = newest.Id;
            if (release.PinnedBy is null)
                release.Take(newest);
        }
        return release;
    }

    private async Task<string> Free(string number, CancellationToken cancellationToken) =>
        await db.Batches.AnyAsync(b => b.BatchNumber == number, cancellationToken)
            ? throw BatchRefused.Content("batchNumber", $"'{number}' is taken")
            : number;

    private async Task<string> NextNumber(DateTimeOffset now, CancellationToken cancellationToken)
    {
        while (true)
        {
            var day = $"B{now.ToString("yyyyMMdd", CultureInfo.InvariantCulture)}";
            var number = $"{day}-{await db.Next(day, cancellationToken):000}";
            // A person may have taken the number by hand.
            if (!await db.Batches.AnyAsync(b => b.BatchNumber == number, cancellationToken))
                return number;
        }
    }

    private static void ThrowIf(Dictionary<string, string[]> errors)
    {
        if (errors.Count > 0)
            throw new BatchRefused(RefusalKind.Content, string.Join("; ", errors.Select(e => $"{e.Key}: {e.Value[0]}"))) { Fields = errors };
    }
}
