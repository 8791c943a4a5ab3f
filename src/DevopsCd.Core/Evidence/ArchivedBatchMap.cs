using DevopsCd.Contracts;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace DevopsCd.Core.Evidence;

/// <summary>Table <c>archived_batches</c>.</summary>
internal sealed class ArchivedBatchMap : IEntityTypeConfiguration<ArchivedBatch>
{
    public void Configure(EntityTypeBuilder<ArchivedBatch> archived)
    {
        archived.ToTable("archived_batches");
        archived.HasOne<Batch>().WithMany().HasForeignKey(a => a.BatchId).OnDelete(DeleteBehavior.Restrict);
        archived.HasIndex(a => a.BatchId).IsUnique();
        archived.Property(a => a.File).HasMaxLength(200);
        archived.Property(a => a.Sha256).HasMaxLength(64);
    }
}
