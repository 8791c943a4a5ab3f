using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace DevopsCd.Core.Batches;

/// <summary>Table <c>scheduled_starts</c>.</summary>
internal sealed class ScheduledStartMap : IEntityTypeConfiguration<ScheduledStart>
{
    public void Configure(EntityTypeBuilder<ScheduledStart> start)
    {
        start.ToTable("scheduled_starts");
        start.HasOne<Batch>().WithMany().HasForeignKey(s => s.BatchId);
        start.Property(s => s.Event).HasMaxLength(64);
        start.Property(s => s.Operator).HasMaxLength(200);
        // The plain name is a word of SQL.
        start.Property(s => s.All).HasColumnName("deploy_all");
        // A batch starts one stage at a time: who schedules another start replaces the one that waits.
        start.HasIndex(s => s.BatchId, "ix_scheduled_starts_waiting").IsUnique().HasFilter("ended_at IS NULL");
        start.HasIndex(s => s.NextTryAt, "ix_scheduled_starts_due").HasFilter("ended_at IS NULL");
    }
}
