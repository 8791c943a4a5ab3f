using System.Text.Json;
using DevopsCd.Contracts;
using DevopsCd.Core.Data;
using DevopsCd.Core.MessageContracts;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace DevopsCd.Core.Parking;

/// <summary>Puts messages aside that can never work, and says so to whoever listens.</summary>
internal sealed class ParkingLot(CdDbContext db, IPublishEndpoint publish, TimeProvider clock, ILogger<ParkingLot> log)
{
    private const int LongestReason = 8000;

    public async Task ParkAsync(ParkedDelivery delivery, CancellationToken cancellationToken)
    {
        var row = RowOf(delivery);
        if (await IsParkedAsync(row, cancellationToken))
            return;

        db.Add(row);
        if (ConcernsSender(delivery.MessageType))
            await publish.Publish(
                new CommandRejected
                {
                    MessageId = delivery.MessageId,
                    MessageType = delivery.MessageType,
                    Reason = row.Reason,
                    Fields = delivery.Fields,
                },
                cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        log.Parked(row.Id, row.Queue, row.MessageType ?? "unknown", row.Reason);
    }

    /// <summary>
    /// Whether it came before: after a host died before it could say so, or with a host that was frozen while another one had it. Compared whole,
    /// because there are senders that give each message the same id, and one body is another message under another type. Headers count their deliveries.
    /// </summary>
    private Task<bool> IsParkedAsync(ParkedMessage row, CancellationToken cancellationToken) =>
        db.Set<ParkedMessage>().AnyAsync(
            m => m.Status == ParkedStatus.Parked && m.MessageId != null && m.MessageId == row.MessageId && m.Queue == row.Queue && m.BodySize == row.BodySize
                && m.Body == row.Body &&
                m.Exchange == row.Exchange && m.MessageType == row.MessageType && m.ContentType == row.ContentType && m.Reason == row.Reason,
            cancellationToken);

    private ParkedMessage RowOf(ParkedDelivery delivery)
    {
        var truncated = delivery.Body.Length > ParkedMessage.LargestBody;
        return new ParkedMessage
        {
            ReceivedAt = clock.GetUtcNow(),
            Queue = Storable(delivery.Queue)!,
            Exchange = Storable(delivery.Exchange),
            MessageType = Storable(delivery.MessageType),
            MessageId = delivery.MessageId,
            ContentType = Storable(delivery.ContentType),
            Headers = JsonSerializer.Serialize(delivery.Headers),
            Body = (truncated ? delivery.Body[..ParkedMessage.LargestBody] : delivery.Body).ToArray(),
            BodySize = delivery.Body.Length,
            Truncated = truncated,
            Reason = Storable(delivery.Reason)!,
            Status = ParkedStatus.Parked,
        };
    }

    // What came from outside must always fit into a row: a message that cannot be parked would block its queue.
    private static string? Storable(string? text)
    {
        if (text is null)
            return null;
        var clean = text.Replace('\0', '\uFFFD');
        return clean.Length > LongestReason ? clean[..LongestReason] + "…" : clean;
    }

    // A rejected rejection would go round in circles; our own inner messages have no sender outside.
    private static bool ConcernsSender(string? messageType) =>
        messageType is null || (ContractCatalogue.ByName(messageType)?.IsInbound ?? !messageType.Contains(":DevopsCd.Core", StringComparison.Ordinal));
}
