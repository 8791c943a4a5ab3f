using DevopsCd.Contracts.Api;
using DevopsCd.Core.Data;
using DevopsCd.Shared;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Intake.Webhooks;

/// <summary>Reads of received webhooks.</summary>
internal sealed class DeliveryQueries(CdDbContext db)
{
    /// <summary>Newest first, one more than asked for so that the caller sees whether there is a next page.</summary>
    public async Task<List<WebhookView>> ListAsync(DeliveryStatus? status, long? before, int count, CancellationToken cancellationToken)
    {
        var rows = db.Set<WebhookDelivery>().AsNoTracking();
        if (status is { } wanted)
            rows = rows.Where(d => d.Status == wanted);
        if (before is { } id)
            rows = rows.Where(d => d.Id < id);
        var found = await rows.OrderByDescending(d => d.Id).Take(count)
            .Select(d => new { d.Id, d.Source, d.DeliveryId, d.ReceivedAt, d.Status, d.Outcome, d.ProcessedAt }).ToListAsync(cancellationToken);
        return [.. found.Select(d => new WebhookView
        {
            Id = d.Id,
            Source = d.Source,
            DeliveryId = d.DeliveryId,
            ReceivedAt = d.ReceivedAt,
            Status = EnumNames<DeliveryStatus>.Of(d.Status),
            Outcome = d.Outcome,
            ProcessedAt = d.ProcessedAt,
        })];
    }

    /// <summary>One with its headers and its body; null when there is none.</summary>
    public Task<WebhookDelivery?> FindAsync(long id, CancellationToken cancellationToken) =>
        db.Set<WebhookDelivery>().AsNoTracking().SingleOrDefaultAsync(d => d.Id == id, cancellationToken);
}
