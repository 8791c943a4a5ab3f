using DevopsCd.Core.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace DevopsCd.Core.Builds;

/// <summary>Table <c>builds</c>.</summary>
internal sealed class BuildMap : IEntityTypeConfiguration<Build>
{
    public void Configure(EntityTypeBuilder<Build> build)
    {
        build.ToTable("builds");
        build.HasOne(b => b.Application).WithMany().HasForeignKey(b => b.ApplicationId).OnDelete(DeleteBehavior.Restrict)
            .HasConstraintName("fk_builds_applications_application_id");
        build.Ignore(b => b.Number).Ignore(b => b.KnownAt);
        build.Property(b => b.RunNumber).HasDefaultValue("");
        build.Property(b => b.Attempt).HasDefaultValue(1);
        build.Property(b => b.Revision).HasDefaultValue(1);
        build.Property(b => b.Withdrawn).HasDefaultValue(false);
        build.Property(b => b.Superseded).HasDefaultValue(false);
        build.Property(b => b.OrderedBy).HasConversion<SnakeCaseConverter<BuildOrdering>>().HasMaxLength(16).HasDefaultValue(BuildOrdering.FinishTime);
        build.HasIndex(b => new { b.ApplicationName, b.BuildNumber }).IsUnique();
        build.HasIndex(b => new { b.ApplicationName, b.RunNumber }, "ix_builds_run");
        // The newest successful build of a branch is the first row of this index (R2).
        build.HasIndex(b => new { b.ApplicationId, b.Branch, b.OrderedAt, b.Id }, "ix_builds_newest")
            .IsDescending(false, false, true, true).HasFilter("build_status = 'success' AND NOT superseded");
        // The newest builds of a branch, among which a new one finds its place.
        build.HasIndex(b => new { b.ApplicationName, b.Branch, b.OrderedAt }, "ix_builds_place").IsDescending(false, false, true);
        build.HasIndex(b => b.ApplicationName, "ix_builds_unmatched").HasFilter("application_id IS NULL");
    }
}
