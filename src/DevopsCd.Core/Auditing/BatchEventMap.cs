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
        row.HasIndex(e => e.MessageId).IsUnique();
    }
}
