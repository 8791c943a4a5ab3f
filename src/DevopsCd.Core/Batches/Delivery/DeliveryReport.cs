using System.Globalization;
using System.Text;
using DevopsCd.Contracts;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Batches.Delivery;

/// <summary>Reads how the delivery of software went, from the audit, the operations and the builds.</summary>
internal sealed class DeliveryReport(CdDbContext db, TimeProvider clock)
{
    private const int UsualDays = 30, MostDays = 366;

    /// <param name="visible">The projects of whoever asks: a batch that spans others is not in it.</param>
    /// <param name="project">One of them; null for all.</param>
    /// <param name="from">The first day, in UTC; null for 30 days until the last one.</param>
    /// <param name="to">The last day; null for today.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="BatchRefusedException">The time is none, or too long.</exception>
    public async Task<DoraView> ReadAsync(Visible visible, string? project, DateOnly? from, DateOnly? to, CancellationToken cancellationToken)
    {
        var last = to ?? DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        var first = from ?? last.AddDays(1 - UsualDays);
        if (first > last || last.DayNumber - first.DayNumber >= MostDays)
            throw BatchRefusedException.Content("from", $"must be at most {MostDays} days before the last day, {last:yyyy-MM-dd}");
        var (start, end) = (Start(first), Start(last.AddDays(1)));
        var batches = db.Batches.AsNoTracking().In(visible);
        var applications = db.Applications.AsNoTracking().In(visible);
        if (project is not null)
        {
            batches = batches.Where(b => b.Releases.Any(r => r.App.Project == project));
            applications = applications.Where(a => a.Project == project);
        }
        var runs = await RunsAsync(batches, start, end, cancellationToken);
        var changes = await ChangesAsync(applications, start, end, cancellationToken);
        return DeliveryFigures.Of(runs, changes, first, last) with
        {
            Project = project,
            Projects = await applications.Select(a => a.Project).Distinct().OrderBy(name => name).ToListAsync(cancellationToken)
        };
    }

    /// <summary>The measures of each project as rows of CSV (RFC 4180).</summary>
    /// <inheritdoc cref="ReadAsync" />
    public async Task<string> CsvAsync(Visible visible, string? project, DateOnly? from, DateOnly? to, CancellationToken cancellationToken)
    {
        var csv = new StringBuilder("project,measure,value,unit,count,from,to,definition\r\n");
        var all = await ReadAsync(visible, project, from, to, cancellationToken);
        foreach (var name in all.Projects)
        {
            var view = await ReadAsync(visible, name, all.From, all.To, cancellationToken);
            foreach (var measure in view.Measures)
                csv.Append(CultureInfo.InvariantCulture, $"{Quoted(name)},{measure.Name},{measure.Value},{measure.Unit},{measure.Count},")
                    .Append(CultureInfo.InvariantCulture, $"{view.From:yyyy-MM-dd},{view.To:yyyy-MM-dd},{Quoted(measure.Definition)}\r\n");
        }
        return csv.ToString();
    }

    private static string Quoted(string text) => $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static DateTimeOffset Start(DateOnly day) => new(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);

    private async Task<IReadOnlyList<ProductionRun>> RunsAsync(
        IQueryable<Batch> batches, DateTimeOffset start, DateTimeOffset end, CancellationToken cancellationToken)
    {
        var names = ProductionRun.Events;
        var accepted = db.BatchEvents.AsNoTracking().Where(e => e.Outcome == EventOutcome.Accepted && names.Contains(e.Event));
        var concerned = batches.Where(b => accepted.Any(e => e.BatchId == b.Id && e.At >= start && e.At < end));
        // All of them, from their first start on: what an end means depends on what was before it.
        var events = await accepted.Where(e => e.At < end && concerned.Any(b => b.Id == e.BatchId))
            .OrderBy(e => e.Id).Select(e => new { e.BatchCorrelationId, e.Event, e.At }).ToListAsync(cancellationToken);
        var ids = events.Select(e => e.BatchCorrelationId).Distinct().ToList();
        var releases = await db.Releases.AsNoTracking().Where(r => ids.Contains(r.Batch.CorrelationId)).Select(r => new { r.Batch.CorrelationId, r.AppId })
            .ToListAsync(cancellationToken);
        return [.. ProductionRun.Of([.. events.Select(e => (e.BatchCorrelationId, e.Event, e.At))], releases.ToLookup(r => r.CorrelationId, r => r.AppId))
            .Where(run => run.EndedAt >= start)];
    }

    private async Task<IReadOnlyList<ReleasedChange>> ChangesAsync(
        IQueryable<Application> applications, DateTimeOffset start, DateTimeOffset end, CancellationToken cancellationToken)
    {
        var stage = Stages.Forward[^1];
        var all = db.Deployments.AsNoTracking().Where(d => d.Stage == stage && d.Status == OperationStatus.Succeeded);
        var here = all.Where(d => d.FinishedAt >= start && d.FinishedAt < end);
        // Of each application, too, what production had before: what was taken back it had not. One look for each into the index of its operations,
        // however many there were.
        var before = here.Select(d => d.Application).Distinct()
            .Select(name => all.Where(d => d.Application == name && d.FinishedAt < start && !d.Outdated).Max(d => (long?)d.Id));
        var wanted = here.Select(d => (long?)d.Id).Union(before);
        var rows = await all.Where(d => wanted.Contains(d.Id) && applications.Any(a => a.Id == d.Release.AppId)).OrderBy(d => d.Id)
            .Select(d => new { d.Application, d.ReleaseId, d.Release.AppId, d.Image, d.FinishedAt, d.Outdated, d.Release, d.Release.Build })
            .ToListAsync(cancellationToken);
        var released = rows.Where(row => row.Build is not null && row.Image == row.Release.Image)
            .GroupBy(row => (row.AppId, row.ReleaseId))
            .Select(of => (of.Key.AppId, Build: of.First().Build!, ReleasedAt: of.Max(row => row.FinishedAt!.Value),
                Stayed: !of.Last().Outdated)).OrderBy(release => release.ReleasedAt).ToList();
        if (released.Count == 0)
            return [];
        var (apps, branches) = (released.Select(r => r.AppId).Distinct().ToList(), released.Select(r => r.Build.Branch).Distinct().ToList());
        var (names, oldest) = (rows.Select(r => r.Application).Distinct().ToList(), released.Min(r => r.Build.OrderedAt));
        var builds = (await db.Builds.AsNoTracking()
            .Where(b => names.Contains(b.ApplicationName) && branches.Contains(b.Branch) && b.OrderedAt >= oldest
                && b.BuildStatus == BuildStatus.Success && b.ApplicationId != null && apps.Contains(b.ApplicationId.Value))
            .Select(b => new { b.ApplicationId, b.Branch, b.OrderedAt, b.FinishedAt, b.ReceivedAt }).ToListAsync(cancellationToken))
            .ToLookup(b => (b.ApplicationId!.Value, b.Branch));
        var changes = new List<ReleasedChange>();
        foreach (var of in released.GroupBy(r => r.AppId))
        {
            Build? had = null;
            foreach (var (_, build, at, stayed) in of)
            {
                // What goes back to an older build brings no change.
                if (at >= start && (had is null || build.OrderedAt > had.OrderedAt))
                    changes.Add(new ReleasedChange(had is null ? build.FinishedAt ?? build.ReceivedAt
                        : builds[(of.Key, build.Branch)].Where(b => b.OrderedAt > had.OrderedAt && b.OrderedAt <= build.OrderedAt)
                            .Select(b => b.FinishedAt ?? b.ReceivedAt).Append(build.FinishedAt ?? build.ReceivedAt).Min(), at));
                if (stayed)
                    had = build;
            }
        }
        return changes;
    }
}
