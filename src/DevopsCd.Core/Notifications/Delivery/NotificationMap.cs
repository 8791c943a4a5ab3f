using DevopsCd.Core.Data;
using DevopsCd.Core.Notifications.Composing;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace DevopsCd.Core.Notifications.Delivery;

/// <summary>Table <c>notifications</c>.</summary>
internal sealed class NotificationMap : IEntityTypeConfiguration<Notification>
{
    private const string Open = "status in ('pending', 'sending')";

    public void Configure(EntityTypeBuilder<Notification> notification)
    {
        notification.ToTable("notifications");
        notification.HasKey(n => n.Id);
        notification.Ignore(n => n.ToldAt);
        notification.Property(n => n.NoticeKey).HasMaxLength(300);
        notification.Property(n => n.Channel).HasMaxLength(64);
        notification.Property(n => n.Kind).HasConversion<SnakeCaseConverter<NoticeKind>>().HasMaxLength(20);
        notification.Property(n => n.Status).HasConversion<SnakeCaseConverter<NotificationStatus>>().HasMaxLength(16);
        notification.HasIndex(n => new { n.NoticeKey, n.Channel }).IsUnique();
        // What is open is a handful of rows in a table that only grows: the sender never touches the rest.
        notification.HasIndex(n => new { n.Channel, n.BatchId, n.Id }, "ix_notifications_open").HasFilter(Open);
        notification.HasIndex(n => new { n.Channel, n.NextAttemptAt }, "ix_notifications_due").HasFilter(Open);
        notification.HasIndex(n => new { n.BatchId, n.Id });
        // What removes old ones asks of each whether it carried others.
        notification.HasIndex(n => n.CarriedBy).HasFilter("carried_by IS NOT NULL");
    }
}
