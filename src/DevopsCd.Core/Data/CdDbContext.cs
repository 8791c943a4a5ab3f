using System.Linq.Expressions;
using DevopsCd.Contracts;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Data;

/// <summary>All tables of the engine. Rooms map their own entities; the two subclasses only differ in the provider.</summary>
internal abstract class CdDbContext(DbContextOptions options) : DbContext(options)
{
    public DbSet<Batch> Batches => Set<Batch>();

    public DbSet<BatchRelease> Releases => Set<BatchRelease>();

    /// <summary>A batch's releases as they are compared, hashed and sealed: each with its application and its build.</summary>
    public IQueryable<BatchRelease> ContentOf(long batchId) => ContentOf(r => r.BatchId == batchId);

    /// <inheritdoc cref="ContentOf(long)" />
    public IQueryable<BatchRelease> ContentOf(Expression<Func<BatchRelease, bool>> which) =>
        Releases.Include(r => r.App).Include(r => r.Build).Where(which);

    /// <summary>Batches that ended before a time: nothing has changed them since.</summary>
    public IQueryable<Batch> EndedBatches(DateTimeOffset before) => Batches.Where(b => BatchStatus.Ends.Contains(b.Status) && b.UpdatedAt < before);

    public DbSet<BatchEvent> BatchEvents => Set<BatchEvent>();

    public DbSet<Build> Builds => Set<Build>();

    /// <summary>The applications that are registered. What has happened before leads to those that were removed too, by their ids.</summary>
    public IQueryable<Application> Applications => Set<Application>().Where(a => a.RemovedAt == null);

    public DbSet<ApplicationTarget> Targets => Set<ApplicationTarget>();

    public DbSet<Deployment> Deployments => Set<Deployment>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.AddTransactionalOutboxEntities();
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(CdDbContext).Assembly);
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<Stage>().HaveConversion<SnakeCaseConverter<Stage>>().HaveMaxLength(8);
        configurationBuilder.Properties<ReleaseStatus>().HaveConversion<SnakeCaseConverter<ReleaseStatus>>().HaveMaxLength(16);
        configurationBuilder.Properties<OperationStatus>().HaveConversion<SnakeCaseConverter<OperationStatus>>().HaveMaxLength(16);
        configurationBuilder.Properties<EventOutcome>().HaveConversion<SnakeCaseConverter<EventOutcome>>().HaveMaxLength(16);
        configurationBuilder.Properties<RefusalKind>().HaveConversion<SnakeCaseConverter<RefusalKind>>().HaveMaxLength(16);
        configurationBuilder.Properties<BuildStatus>().HaveConversion<SnakeCaseConverter<BuildStatus>>().HaveMaxLength(16);
    }
}
