using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace DevopsCd.Core.Auditing;

/// <summary>Table <c>batch_events</c>.</summary>
internal sealed class BatchEventMap : IEntityTypeConfiguration<BatchEvent>
{
    public void Configure(EntityTypeBuilder<BatchEvent> row)
    {
        row.ToTable("batch_events");
        row.HasIndex(e => new { e.BatchId, e.Id });
        row.Property(e => e.Subject).HasMaxLength(200);
        row.Property(e => e.RequestHash).HasMaxLength(64);
        // How delivery went in some months is read from what was accepted then; the audit is kept for ever.
        row.HasIndex(e => new { e.Event, e.At }, "ix_batch_events_accepted").HasFilter("outcome = 'accepted'");
        row.HasIndex(e => e.MessageId).IsUnique();
        row.Property(e => e.PreviousHash).HasMaxLength(64);
        row.Property(e => e.Hash).HasMaxLength(64);
        row.HasIndex(e => new { e.BatchCorrelationId, e.Number }, "ix_batch_events_chain").IsUnique().HasFilter("number IS NOT NULL");
        row.HasIndex(e => e.BatchCorrelationId, "ix_batch_events_unchained").HasFilter("hash IS NULL");
    }
}
