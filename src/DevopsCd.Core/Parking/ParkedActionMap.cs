using DevopsCd.Core.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace DevopsCd.Core.Parking;

/// <summary>Table <c>parked_actions</c>.</summary>
internal sealed class ParkedActionMap : IEntityTypeConfiguration<ParkedAction>
{
    public void Configure(EntityTypeBuilder<ParkedAction> action)
    {
        action.ToTable("parked_actions");
        action.Property(a => a.Action).HasConversion<SnakeCaseConverter<ParkedStatus>>().HasMaxLength(16);
        action.HasIndex(a => new { a.ParkedId, a.Id });
    }
}
