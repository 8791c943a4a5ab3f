using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace DevopsCd.Core.Notifications.Limits;

/// <summary>Table <c>notification_limits</c>.</summary>
internal sealed class SendLimitMap : IEntityTypeConfiguration<SendLimit>
{
    public void Configure(EntityTypeBuilder<SendLimit> limit)
    {
        limit.ToTable("notification_limits");
        limit.HasKey(l => l.Address);
        limit.Property(l => l.Address).HasMaxLength(64);
        limit.Property(l => l.Version).IsConcurrencyToken();
    }
}
