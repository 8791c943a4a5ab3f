using System.Text.Json;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Auditing;

/// <summary>
/// Says what has changed in a batch since somebody looked. The audit keeps what each change of content replaced: undone one after the
/// other, from the last, they lead back to the content that has the hash that was seen.
/// </summary>
internal sealed class ContentHistory(CdDbContext db)
{
    private const string Before = "before";

    /// <summary>How far back is looked.</summary>
    private const int MostChanges = 5000;

    /// <summary>What a change of content leaves in the audit.</summary>
    /// <param name="before">The release as it was.</param>
    /// <param name="release">As it is.</param>
    /// <param name="to">Number of its build now; null when it has none.</param>
    public static string Detail(ReleaseContent before, BatchRelease release, string? to) =>
        JsonSerializer.Serialize(new
        {
            application = before.Application,
            from = before.BuildNumber,
            to,
            image = release.ImageName is null ? null : release.Image,
            before
        }, JsonSerializerOptions.Web);

    /// <summary>What an application that came in leaves in the audit: before, it was not there.</summary>
    public static string Added(BatchRelease release) => JsonSerializer.Serialize(new
    {
        application = release.App.Name,
        to = release.Build?.BuildNumber,
        image = release.ImageName is null ? null : release.Image,
        before = (ReleaseContent?)null
    }, JsonSerializerOptions.Web);

    /// <summary>What an application that was taken out leaves in the audit.</summary>
    public static string Removed(BatchRelease release) =>
        JsonSerializer.Serialize(new { application = release.App.Name, from = release.Build?.BuildNumber, before = ReleaseContent.Of(release) },
            JsonSerializerOptions.Web);

    /// <summary>The changes since the content had a hash that begins with <paramref name="seen" />; null when it never had.</summary>
    /// <param name="batchId">The batch.</param>
    /// <param name="releases">All of its releases, with application and build.</param>
    /// <param name="seen">The hash, or its beginning.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<IReadOnlyList<ContentDifference>?> SinceAsync(long batchId, IReadOnlyCollection<BatchRelease> releases, string seen,
        CancellationToken cancellationToken) =>
        SinceAsync(batchId, [.. releases.Select(ReleaseContent.Of)], seen, cancellationToken);

    /// <inheritdoc cref="SinceAsync(long, IReadOnlyCollection{BatchRelease}, string, CancellationToken)" />
    /// <param name="batchId">The batch.</param>
    /// <param name="content">Its present content.</param>
    /// <param name="seen">The hash, or its beginning.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<ContentDifference>?> SinceAsync(long batchId, IReadOnlyCollection<ReleaseContent> content, string seen,
        CancellationToken cancellationToken)
    {
        var present = content.ToDictionary(r => r.Application, StringComparer.Ordinal);
        var past = new Dictionary<string, ReleaseContent>(present, StringComparer.Ordinal);
        if (IsSeen())
            return [];
        var details = await db.BatchEvents.AsNoTracking().Where(e => e.BatchId == batchId && e.Detail != null && e.Detail.Contains("\"before\""))
            .OrderByDescending(e => e.Id).Take(MostChanges).Select(e => e.Detail!).ToListAsync(cancellationToken);
        foreach (var detail in details)
        {
            using var change = JsonDocument.Parse(detail);
            if (!change.RootElement.TryGetProperty(Before, out var before))
                continue;
            if (before.Deserialize<ReleaseContent>(JsonSerializerOptions.Web) is { } replaced)
                past[replaced.Application] = replaced;
            else
                past.Remove(change.RootElement.GetProperty("application").GetString()!);
            if (IsSeen())
                return [.. past.Values.Select(Change).Concat(present.Keys.Except(past.Keys, StringComparer.Ordinal).Select(Came))
                    .Where(c => c.Changes.Count > 0).OrderBy(c => c.Application, StringComparer.Ordinal)];
        }
        return null;

        bool IsSeen() => ContentHash.Of(past.Values).StartsWith(seen, StringComparison.Ordinal);

        static ContentDifference Came(string application) => new(application, ["added"]);

        ContentDifference Change(ReleaseContent was) =>
            new(was.Application, present.TryGetValue(was.Application, out var now) ? [.. was.ChangesTo(now)] : ["removed"]);
    }

    /// <summary>A refusal that says what has changed.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="releases">All of its releases, with application and build.</param>
    /// <param name="seen">The hash, or its beginning, of what was looked at.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<BatchRefusedException> ChangedAsync(Batch batch, IReadOnlyCollection<BatchRelease> releases, string seen,
        CancellationToken cancellationToken)
    {
        var changes = await SinceAsync(batch.Id, releases, seen, cancellationToken);
        Sentence unknown = "the batch's content is not what was looked at, and never was in this batch; read the batch again";
        return new BatchRefusedException(RefusalKind.Stale,
            changes is null ? unknown : (Sentence)$"the batch's content has changed since it was looked at: {ContentDifference.InWords(changes)}; read the batch again")
        {
            State = batch.Status,
            Fields = changes?.ToDictionary(c => c.Application, c => c.Changes.ToArray()) ?? []
        };
    }

    /// <summary>A refusal of what was decided on an older version: what has happened since, and what has changed in the content.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="version">The version that was looked at.</param>
    /// <param name="seen">The content that was looked at, where the caller says so.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<BatchRefusedException> MovedAsync(Batch batch, int version, string? seen, CancellationToken cancellationToken)
    {
        const int most = 5;
        var events = await db.BatchEvents.AsNoTracking().Where(e => e.BatchId == batch.Id && e.Outcome == EventOutcome.Accepted && e.Version > version)
            .OrderBy(e => e.Id).Select(e => new { e.Event, e.Operator, e.FromState, e.ToState }).Take(most).ToListAsync(cancellationToken);
        var told = events.Select(Sentence (e) => $"{e.Event} by {e.Operator} ({e.FromState} → {e.ToState})").ToList();
        IReadOnlyList<ContentDifference>? changes = null;
        if (seen is not null)
        {
            changes = await SinceAsync(batch.Id, await ReleasesAsync(batch.Id, cancellationToken), seen, cancellationToken);
            if (changes is { Count: > 0 })
                told.Add(ContentDifference.InWords(changes));
        }
        return new BatchRefusedException(RefusalKind.Stale, told.Count == 0
            ? (Sentence)$"the batch is at version {batch.Version}, not {version}; read the batch again"
            : (Sentence)$"the batch is at version {batch.Version}, not {version}: {Sentence.Join(told)}; read the batch again")
        {
            State = batch.Status,
            Fields = changes?.ToDictionary(c => c.Application, c => c.Changes.ToArray()) ?? []
        };
    }

    /// <summary>The people who have changed the content, as the audit names them.</summary>
    public Task<List<string>> ChangedByAsync(long batchId, CancellationToken cancellationToken) =>
        db.BatchEvents.AsNoTracking().Where(e => e.BatchId == batchId && e.Outcome == EventOutcome.Noted && e.Operator != Operators.Engine
            && e.Detail != null && e.Detail.Contains("\"before\"")).Select(e => e.Operator).Distinct().ToListAsync(cancellationToken);

    /// <summary>All releases of a batch, as they are compared.</summary>
    public Task<List<BatchRelease>> ReleasesAsync(long batchId, CancellationToken cancellationToken) =>
        db.ContentOf(batchId).AsNoTracking().ToListAsync(cancellationToken);
}
