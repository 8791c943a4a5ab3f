using DevopsCd.Core.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace DevopsCd.Core.Approvals;

/// <summary>Table <c>batch_approvals</c>.</summary>
internal sealed class VoteMap : IEntityTypeConfiguration<Vote>
{
    public void Configure(EntityTypeBuilder<Vote> vote)
    {
        vote.ToTable("batch_approvals");
        vote.HasOne<Batch>().WithMany().HasForeignKey(v => v.BatchId);
        vote.Property(v => v.Kind).HasConversion<SnakeCaseConverter<ApprovalKind>>().HasMaxLength(16);
        vote.Property(v => v.Voter).HasMaxLength(200);
        vote.Property(v => v.Name).HasMaxLength(200);
        vote.Property(v => v.ContentHash).HasMaxLength(64);
        // One person counts once.
        vote.HasIndex(v => new { v.BatchId, v.Kind, v.Voter }).IsUnique().HasFilter("voided_at IS NULL");
        vote.HasIndex(v => new { v.BatchId, v.Id });
    }
}
