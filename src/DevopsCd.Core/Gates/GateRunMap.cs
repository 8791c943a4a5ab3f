using DevopsCd.Core.Data;
using DevopsCd.Core.Policies;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace DevopsCd.Core.Gates;

/// <summary>Table <c>gate_runs</c>.</summary>
internal sealed class GateRunMap : IEntityTypeConfiguration<GateRun>
{
    public void Configure(EntityTypeBuilder<GateRun> run)
    {
        run.ToTable("gate_runs");
        run.HasOne<Batch>().WithMany().HasForeignKey(r => r.BatchId);
        run.Ignore(r => r.Gate);
        run.Property(r => r.Project).HasMaxLength(64);
        run.Property(r => r.Name).HasMaxLength(64);
        run.Property(r => r.Point).HasConversion<SnakeCaseConverter<GatePoint>>().HasMaxLength(16);
        run.Property(r => r.Kind).HasConversion<SnakeCaseConverter<GateKind>>().HasMaxLength(16);
        run.Property(r => r.Status).HasConversion<SnakeCaseConverter<GateStatus>>().HasMaxLength(16);
        run.Property(r => r.ContentHash).HasMaxLength(64);
        run.Property(r => r.DecidedBy).HasMaxLength(200);
        // Asked once, by whatever host.
        run.HasIndex(r => new { r.BatchId, r.Point, r.Project, r.Name, r.ContentHash, r.Attempt, r.Round }).IsUnique().HasDatabaseName("ix_gate_runs_asked");
        // Every scan looks at those that wait.
        run.HasIndex(r => r.BatchId, "ix_gate_runs_pending").HasFilter("status = 'pending'");
        run.HasIndex(r => r.NextActionAt).HasFilter("next_action_at IS NOT NULL");
    }
}
