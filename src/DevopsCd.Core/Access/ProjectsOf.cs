using DevopsCd.Core.Data;
using MassTransit.EntityFrameworkCoreIntegration;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Access;

/// <summary>
/// The projects that something concerns. A batch concerns those of its applications and the one it names; what belongs to no application is of
/// the default project. Null, or empty where several are asked for: there is no such thing.
/// </summary>
internal sealed class ProjectsOf(CdDbContext db)
{
    public Task<IReadOnlyCollection<string>?> BatchAsync(long id, CancellationToken cancellationToken) =>
        OfAsync(db.Batches.Where(b => b.Id == id), cancellationToken);

    public Task<IReadOnlyCollection<string>?> BatchAsync(Guid correlationId, CancellationToken cancellationToken) =>
        OfAsync(db.Batches.Where(b => b.CorrelationId == correlationId), cancellationToken);

    public Task<string?> ApplicationAsync(string name, CancellationToken cancellationToken) =>
        db.Applications.Where(a => a.Name == name).Select(a => a.Project).SingleOrDefaultAsync(cancellationToken);

    /// <summary>The project of each of these applications that is there.</summary>
    public Task<Dictionary<string, string>> ApplicationsAsync(IReadOnlyCollection<string> names, CancellationToken cancellationToken) =>
        db.Applications.Where(a => names.Contains(a.Name))
            .Select(a => new { a.Name, a.Project }).ToDictionaryAsync(a => a.Name, a => a.Project, StringComparer.Ordinal, cancellationToken);

    /// <summary>Of a build that belongs to no registered application, the default project.</summary>
    public Task<string?> BuildAsync(long id, CancellationToken cancellationToken) => db.Builds.Where(b => b.Id == id)
        .Select(b => b.Application == null ? Releases.Application.DefaultProject : b.Application.Project).SingleOrDefaultAsync(cancellationToken);

    public async Task<(string Project, Stage Stage)?> OperationAsync(string operationId, CancellationToken cancellationToken) =>
        await db.Deployments.Where(d => d.OperationId == operationId)
            .Select(d => new { db.Releases.Single(r => r.Id == d.ReleaseId).App.Project, d.Stage }).SingleOrDefaultAsync(cancellationToken) is { } found
            ? (found.Project, found.Stage)
            : null;

    /// <summary>The names of a batch's projects, each once: its own, where it has one, and those of its applications. None when it has neither.</summary>
    public static IQueryable<string> Names(CdDbContext db, long batchId) =>
        db.Releases.Where(r => r.BatchId == batchId).Select(r => r.App.Project)
            .Union(db.Batches.Where(b => b.Id == batchId && b.Project != null).Select(b => b.Project!));

    /// <summary>The same of many batches, each name with its batch.</summary>
    public static IQueryable<BatchProject> Names(CdDbContext db, IReadOnlyCollection<long> batches) =>
        db.Releases.Where(r => batches.Contains(r.BatchId)).Select(r => new BatchProject { BatchId = r.BatchId, Project = r.App.Project })
            .Union(db.Batches.Where(b => batches.Contains(b.Id) && b.Project != null).Select(b => new BatchProject { BatchId = b.Id, Project = b.Project! }));

    /// <summary>The same of a batch that is found otherwise.</summary>
    public static IQueryable<string> Names(IQueryable<Batch> batch) => batch.SelectMany(b => b.Releases).Select(r => r.App.Project)
        .Union(batch.Where(b => b.Project != null).Select(b => b.Project!));

    /// <summary>The projects that a batch with these concerns: one without any is of the default project.</summary>
    public static IReadOnlyCollection<string> Concerned(IReadOnlyCollection<string> names) =>
        names.Count == 0 ? [Releases.Application.DefaultProject] : names;

    private async Task<IReadOnlyCollection<string>?> OfAsync(IQueryable<Batch> batches, CancellationToken cancellationToken)
    {
        var queries = new QueryBatch(db);
        var found = queries.Add(batches.Select(b => b.Id));
        var names = queries.Add(Names(batches));
        await queries.ReadAsync(cancellationToken);
        return found.Count == 0 ? null : Concerned(names);
    }
}
