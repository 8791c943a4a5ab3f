using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace DevopsCd.Core.Applications;

/// <summary>Tables <c>applications</c> and <c>application_targets</c>.</summary>
internal sealed class ApplicationMap : IEntityTypeConfiguration<Application>, IEntityTypeConfiguration<ApplicationTarget>
{
    public void Configure(EntityTypeBuilder<Application> application)
    {
        application.ToTable("applications");
        application.Property(a => a.Name).HasMaxLength(100);
        application.Property(a => a.Project).HasMaxLength(64).HasDefaultValue(Application.DefaultProject);
        application.HasIndex(a => a.Name).IsUnique().HasFilter("removed_at IS NULL");
        application.HasIndex(a => a.Project);
        application.HasMany(a => a.Targets).WithOne(t => t.Application).HasForeignKey(t => t.ApplicationId);
    }

    public void Configure(EntityTypeBuilder<ApplicationTarget> target)
    {
        target.ToTable("application_targets");
        target.HasIndex(t => new { t.ApplicationId, t.Stage, t.Cluster }).IsUnique();
        target.Property(t => t.Wave).HasDefaultValue(1);
    }
}
