using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace DevopsCd.Core.Access;

/// <summary>Tables <c>projects</c>, <c>access_bindings</c> and <c>access_events</c>.</summary>
internal sealed class AccessMap : IEntityTypeConfiguration<Project>, IEntityTypeConfiguration<AccessBinding>, IEntityTypeConfiguration<AccessEvent>
{
    public void Configure(EntityTypeBuilder<Project> project)
    {
        project.ToTable("projects");
        project.HasKey(p => p.Name);
        project.Property(p => p.Name).HasMaxLength(64);
        project.Property(p => p.UpdatedBy).HasMaxLength(200);
    }

    public void Configure(EntityTypeBuilder<AccessBinding> binding)
    {
        binding.ToTable("access_bindings");
        binding.Property(b => b.Subject).HasMaxLength(200);
        binding.Property(b => b.Role).HasMaxLength(64);
        binding.Property(b => b.Project).HasMaxLength(64);
        binding.Property(b => b.CreatedBy).HasMaxLength(200);
        binding.HasIndex(b => new { b.Subject, b.Role, b.Project }).IsUnique();
    }

    public void Configure(EntityTypeBuilder<AccessEvent> row)
    {
        row.ToTable("access_events");
        row.Property(e => e.Subject).HasMaxLength(200);
        row.Property(e => e.Event).HasMaxLength(32);
        row.Property(e => e.Project).HasMaxLength(64);
        row.Property(e => e.Permission).HasMaxLength(32);
        row.Property(e => e.Source).HasMaxLength(16);
        row.HasIndex(e => new { e.Subject, e.Id });
    }
}
