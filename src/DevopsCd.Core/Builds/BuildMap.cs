using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace DevopsCd.Core.Builds;

/// <summary>Table <c>builds</c>.</summary>
internal sealed class BuildMap : IEntityTypeConfiguration<Build>
{
    public void Configure(EntityTypeBuilder<Build> build)
    {
        build.ToTable("builds");
        build.HasOne(b => b.Application).WithMany().HasForeignKey(b => b.ApplicationId).OnDelete(DeleteBehavior.Restrict);
        build.HasIndex(b => new { b.ApplicationName, b.BuildNumber }).IsUnique();
        // The newest successful build of a branch is the first row of this index (R2).
        build.HasIndex(b => new { b.ApplicationId, b.Branch, b.OrderedAt, b.BuildOrder }, "ix_builds_newest")
            .IsDescending(false, false, true, true).HasFilter("build_status = 'success'");
        build.HasIndex(b => b.ApplicationName, "ix_builds_unmatched").HasFilter("application_id IS NULL");
    }
}
