using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace DevopsCd.Core.Changes;

/// <summary>Table <c>batch_changes</c>.</summary>
internal sealed class BatchChangeMap : IEntityTypeConfiguration<BatchChange>
{
    public void Configure(EntityTypeBuilder<BatchChange> change)
    {
        change.ToTable("batch_changes");
        change.HasOne(c => c.Event).WithMany().HasForeignKey(c => c.EventId);
        // Also finds what waits for its number.
        change.HasIndex(c => c.Cursor).IsUnique();
    }
}
