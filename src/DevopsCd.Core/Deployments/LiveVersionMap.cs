using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace DevopsCd.Core.Deployments;

/// <summary>Table <c>live_versions</c>.</summary>
internal sealed class LiveVersionMap : IEntityTypeConfiguration<LiveVersion>
{
    public void Configure(EntityTypeBuilder<LiveVersion> version)
    {
        version.ToTable("live_versions");
        version.HasIndex(v => new { v.ApplicationId, v.Stage, v.Cluster }).IsUnique();
        version.Property(v => v.OperationId).HasMaxLength(63);
        version.HasOne(v => v.Application).WithMany().HasForeignKey(v => v.ApplicationId).OnDelete(DeleteBehavior.Cascade);
        version.HasOne(v => v.Build).WithMany().HasForeignKey(v => v.BuildId).OnDelete(DeleteBehavior.Restrict);
    }
}
