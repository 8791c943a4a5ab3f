using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace DevopsCd.Core.Freezes;

/// <summary>Table <c>freezes</c>.</summary>
internal sealed class FreezeMap : IEntityTypeConfiguration<Freeze>
{
    public void Configure(EntityTypeBuilder<Freeze> freeze)
    {
        freeze.ToTable("freezes");
        freeze.HasKey(f => f.Name);
        freeze.Property(f => f.Name).HasMaxLength(64);
        freeze.Property(f => f.UpdatedBy).HasMaxLength(200);
        // What is over for good is kept and no longer asked.
        freeze.HasIndex(f => f.EndsAt);
    }
}
