using System.Security.Cryptography;
using DevopsCd.Core.Configuration;
using DevopsCd.Core.Data;
using DevopsCd.Core.Observability;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DevopsCd.Core.Evidence;

/// <summary>
/// Keeps the evidence of batches that have ended as files, one a batch, in folders by the year in which it was created. One instance at a time. A file is
/// written whole before it has its name, and before the batch counts as archived; one that a crash left without its row is written again.
/// </summary>
internal sealed class EvidenceArchive(IServiceScopeFactory scopes, IClusterLock locks, ArchiveOptions options, WorkWatch watch, TimeProvider clock,
    ILogger<EvidenceArchive> log) : PeriodicWork(TimeSpan.FromMinutes(10), beginsAtOnce: false, clock)
{
    private const int AtOnce = 50;

    /// <summary>One batch.</summary>
    private static readonly TimeSpan s_atMost = TimeSpan.FromMinutes(5);

    /// <summary>Archives what is due.</summary>
    /// <returns>How many batches were archived.</returns>
    public async Task<int> ArchiveAsync(CancellationToken cancellationToken)
    {
        await using var held = await locks.TryTakeAsync("archive", cancellationToken);
        if (held is null)
            return 0;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, held.Lost);
        for (var archived = 0; ;)
        {
            var due = await DueAsync(either.Token);
            foreach (var id in due)
            {
                using var turn = watch.Begin("the archive of evidence", s_atMost);
                await ArchiveAsync(id, either.Token);
                archived++;
            }
            if (due.Count < AtOnce)
                return archived;
        }
    }

    protected override async Task TurnAsync(CancellationToken cancellationToken)
    {
        if (await ArchiveAsync(cancellationToken) is > 0 and var batches)
            log.Archived(batches, options.Folder!);
    }

    protected override void TellFailed(Exception failure) => log.NotArchived(Pace, failure);

    private async Task<List<long>> DueAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CdDbContext>();
        var before = Clock.GetUtcNow() - options.After.Value;
        return await db.EndedBatches(before).Where(b => !db.Set<ArchivedBatch>().Any(a => a.BatchId == b.Id)).OrderBy(b => b.Id).Take(AtOnce)
            .Select(b => b.Id).ToListAsync(cancellationToken);
    }

    private async Task ArchiveAsync(long id, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CdDbContext>();
        var year = (await db.Batches.Where(b => b.Id == id).Select(b => b.CreatedAt).SingleAsync(cancellationToken)).UtcDateTime.Year;
        var made = (await scope.ServiceProvider.GetRequiredService<EvidenceBook>().MakeAsync(id, Operators.Engine, cancellationToken))!;
        var file = Path.Combine($"{year:0000}", made.Name);
        await WriteAsync(Path.Combine(options.Folder!, file), made.Content, cancellationToken);
        db.ChangeTracker.Clear();
        db.Add(new ArchivedBatch
        {
            BatchId = id,
            File = file,
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(made.Content)),
            Operations = await db.Deployments.CountAsync(d => d.BatchId == id, cancellationToken),
            ArchivedAt = Clock.GetUtcNow()
        });
        await db.SaveChangesAsync(cancellationToken);
    }

    private static async Task WriteAsync(string path, byte[] content, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var unfinished = $"{path}.part";
        await using (var file = new FileStream(unfinished, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            await file.WriteAsync(content, cancellationToken);
            // Only what is on the disk is archived: its operations may be removed after that.
            file.Flush(flushToDisk: true);
        }
        File.Move(unfinished, path, overwrite: true);
    }
}
