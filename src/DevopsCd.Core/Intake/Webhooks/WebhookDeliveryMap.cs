using DevopsCd.Core.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace DevopsCd.Core.Intake.Webhooks;

/// <summary>Table <c>webhook_deliveries</c>.</summary>
internal sealed class WebhookDeliveryMap : IEntityTypeConfiguration<WebhookDelivery>
{
    public void Configure(EntityTypeBuilder<WebhookDelivery> delivery)
    {
        delivery.ToTable("webhook_deliveries");
        delivery.Property(d => d.Status).HasConversion<SnakeCaseConverter<DeliveryStatus>>().HasMaxLength(16);
        delivery.Property(d => d.BodyHash).HasMaxLength(64);
        delivery.HasIndex(d => new { d.Source, d.DeliveryId, d.BodyHash }).IsUnique();
        delivery.HasIndex(d => d.Id, "ix_webhook_deliveries_pending").HasFilter("status = 'pending'");
        delivery.HasIndex(d => d.ProcessedAt);
    }
}
