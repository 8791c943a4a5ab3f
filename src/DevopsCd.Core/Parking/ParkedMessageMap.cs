using DevopsCd.Core.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace DevopsCd.Core.Parking;

/// <summary>Table <c>parked_messages</c>.</summary>
internal sealed class ParkedMessageMap : IEntityTypeConfiguration<ParkedMessage>
{
    public void Configure(EntityTypeBuilder<ParkedMessage> message)
    {
        message.ToTable("parked_messages");
        // Two people may decide at once: the second one's update finds no row in status "parked".
        message.Property(m => m.Status).HasConversion<SnakeCaseConverter<ParkedStatus>>().HasMaxLength(16).IsConcurrencyToken();
        message.HasIndex(m => new { m.Status, m.Id });
        message.HasIndex(m => m.MessageId);
    }
}
