using DevopsCd.Contracts;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Data;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Batches;

/// <summary>
/// Carves applications out of a sealed batch into a new one (R24). The new batch is created like any other, and in the same transaction its
/// applications leave the old one: none is ever in two open batches, and none is lost.
/// </summary>
internal sealed class BatchSplits(CdDbContext db, BatchCommands commands)
{
    private const int LongestTitle = 200;

    /// <param name="id">The batch.</param>
    /// <param name="wanted">What is to leave it.</param>
    /// <param name="seen">As what the batch was seen.</param>
    /// <param name="asker">Who wants it, and must have the right to create the new batch.</param>
    /// <param name="idempotencyKey">The sender's key.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What was decided about the new batch; null when there is no such batch.</returns>
    /// <exception cref="BatchRefusedException">The request names no application.</exception>
    public async Task<CommandResult?> SplitAsync(long id, SplitBody wanted, Precondition seen, Subject asker, string? idempotencyKey, CancellationToken cancellationToken)
    {
        var applications = wanted.Applications.Distinct(StringComparer.Ordinal).ToList();
        if (applications.Count == 0)
            throw BatchRefusedException.Content("applications", "must name at least one application of the batch");
        if (await db.Batches.AsNoTracking().SingleOrDefaultAsync(b => b.Id == id, cancellationToken) is not { } batch)
            return null;
        return await commands.CreateAsync(new CreateBatch
        {
            BatchId = NewId.NextGuid(),
            Title = Short(string.IsNullOrWhiteSpace(wanted.Title) ? $"Split from {batch.BatchNumber}: {batch.Title}" : wanted.Title),
            BatchNumber = wanted.BatchNumber,
            Project = batch.Project,
            Operator = asker.Operator,
            Releases = [.. applications.Select(name => new ReleaseItem { Application = name })]
        }, asker, idempotencyKey, cancellationToken, new SplitOrigin(id, applications, wanted.WithDependents == true, seen));
    }

    private static string Short(string title) => title.Length > LongestTitle ? title[..LongestTitle] : title;
}
