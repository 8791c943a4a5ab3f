using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>How the three entities are stored. Few indexes: what an event costs must not grow with the rows that are kept.</summary>
internal static class OutboxModelBuilding
{
    private static readonly ValueConverter<DateTime, DateTime> s_utc = new(
        value => value.Kind == DateTimeKind.Local ? value.ToUniversalTime() : DateTime.SpecifyKind(value, DateTimeKind.Utc),
        value => DateTime.SpecifyKind(value, DateTimeKind.Utc));

    public static void Configure(EntityTypeBuilder<InboxState> inbox)
    {
        inbox.HasKey(row => new { row.MessageId, row.ConsumerId });
        inbox.Property(row => row.Received).HasConversion(s_utc);
        inbox.HasIndex(row => row.Received);
    }

    public static void Configure(EntityTypeBuilder<OutboxMessage> outbox)
    {
        outbox.HasKey(row => new { row.OutboxId, row.SequenceNumber });
        outbox.Property(row => row.SequenceNumber).ValueGeneratedNever();
        outbox.Property(row => row.SentTime).HasConversion(s_utc);
        outbox.Property(row => row.ExpirationTime).HasConversion(s_utc);
        outbox.Property(row => row.EnqueueTime).HasConversion(s_utc);
        outbox.Property(row => row.LockedUntil).HasConversion(s_utc);

        // The sweep looks for what is due; without it, it would read all that is not.
        outbox.HasIndex(row => row.LockedUntil);
    }

    public static void Configure(EntityTypeBuilder<OutboxState> state)
    {
        state.HasKey(row => new { row.OutboxId, row.SequenceNumber });
        state.Property(row => row.SequenceNumber).ValueGeneratedNever();
        state.Property(row => row.Created).HasConversion(s_utc);
        state.Property(row => row.Parked).HasConversion(s_utc);
    }
}
