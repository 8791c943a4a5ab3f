using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace DevopsCd.Core.Batches;

/// <summary>Table <c>batch_releases</c>.</summary>
internal sealed class BatchReleaseMap : IEntityTypeConfiguration<BatchRelease>
{
    /// <summary>Name of the index that is R3; its violation is told apart by it.</summary>
    public const string OneOpenBatch = "ux_batch_releases_open_app";

    public void Configure(EntityTypeBuilder<BatchRelease> release)
    {
        release.ToTable("batch_releases");
        release.HasOne(r => r.App).WithMany().HasForeignKey(r => r.AppId).OnDelete(DeleteBehavior.Restrict);
        release.HasOne(r => r.Build).WithMany().HasForeignKey(r => r.BuildId).OnDelete(DeleteBehavior.Restrict);
        release.HasOne(r => r.LatestBuild).WithMany().HasForeignKey(r => r.LatestBuildId).OnDelete(DeleteBehavior.Restrict);
        release.Property(r => r.IsOpen).HasDefaultValue(true).HasSentinel(true);
        release.Property(r => r.RollbackStatus).HasDefaultValue(ReleaseStatus.None);
        release.HasIndex(r => new { r.BatchId, r.AppId }).IsUnique();
        release.HasIndex(r => r.AppId, OneOpenBatch).IsUnique().HasFilter("is_open");
        // Function 1's net reads this index alone: it holds only what is stale (R2).
        release.HasIndex(r => r.BatchId, "ix_batch_releases_stale")
            .HasFilter("is_open AND NOT is_locked AND pinned_by IS NULL AND latest_build_id IS NOT NULL AND (build_id IS NULL OR build_id <> latest_build_id)");
    }
}
