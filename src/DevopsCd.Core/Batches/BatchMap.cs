using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace DevopsCd.Core.Batches;

/// <summary>Table <c>batches</c>.</summary>
internal sealed class BatchMap : IEntityTypeConfiguration<Batch>
{
    public void Configure(EntityTypeBuilder<Batch> batch)
    {
        batch.ToTable("batches");
        batch.HasKey(b => b.Id);
        batch.HasIndex(b => b.CorrelationId).IsUnique();
        batch.HasIndex(b => b.BatchNumber).IsUnique();
        batch.Property(b => b.BatchNumber).HasMaxLength(64);
        batch.Property(b => b.Title).HasMaxLength(200);
        batch.Property(b => b.Project).HasMaxLength(64);
        batch.Property(b => b.Trace).HasColumnName("stage_trace").HasMaxLength(64);
        batch.Property(b => b.FreezeOverriddenBy).HasMaxLength(200);
        // MassTransit would store an int state as a position in its list; the seed's codes are fixed, so name and code part here.
        batch.Property(b => b.Status).HasConversion(name => BatchStatus.Code(name), code => BatchStatus.Name(code));
        batch.ComplexProperty(b => b.Pre, run =>
        {
            run.Property(r => r.Attempt).HasColumnName("pre_attempt");
            run.Property(r => r.StartedAt).HasColumnName("pre_deploy_started_at");
            run.Property(r => r.FinishedAt).HasColumnName("pre_deploy_finished_at");
            // Of production alone it matters what a failed attempt left behind.
            run.Ignore(r => r.Dirty);
        });
        batch.ComplexProperty(b => b.Prod, run =>
        {
            run.Property(r => r.Attempt).HasColumnName("prod_attempt");
            run.Property(r => r.StartedAt).HasColumnName("prod_deploy_started_at");
            run.Property(r => r.FinishedAt).HasColumnName("prod_deploy_finished_at");
            run.Property(r => r.Dirty).HasColumnName("prod_dirty");
        });
        batch.ComplexProperty(b => b.Rollback, run =>
        {
            run.Property(r => r.Attempt).HasColumnName("rollback_attempt");
            run.Property(r => r.StartedAt).HasColumnName("rollback_started_at");
            run.Property(r => r.FinishedAt).HasColumnName("rollback_finished_at");
            run.Ignore(r => r.Dirty);
        });
        batch.Property(b => b.RollbackBy).HasMaxLength(200);
        // The scans look for what is due by state; ended batches are most of the table and in none of these states.
        batch.HasIndex(b => new { b.Status, b.Id });
        batch.HasMany(b => b.Releases).WithOne(r => r.Batch).HasForeignKey(r => r.BatchId);
    }
}
