using DevopsCd.Contracts.Api;
using DevopsCd.Core.Data;
using DevopsCd.Core.Notifications.Composing;
using DevopsCd.Shared;

namespace DevopsCd.Core.Notifications.Delivery;

/// <summary>Rows as people see them: the channel is its name; no address, no secret.</summary>
internal static class NotificationViews
{
    public static NotificationView View(this Notification row)
    {
        var notice = NoticeJson.Read(row.Payload);
        return new NotificationView
        {
            Id = row.Id,
            Channel = row.Channel,
            Kind = NoticeJson.Name(row.Kind),
            BatchId = row.BatchId,
            BatchNumber = notice.BatchNumber.Length > 0 ? notice.BatchNumber : null,
            Event = notice.Event,
            Status = EnumNames<NotificationStatus>.Of(row.Status),
            Tries = row.Tries,
            NextAttemptAt = row.Status is NotificationStatus.Pending or NotificationStatus.Sending ? row.NextAttemptAt : null,
            CreatedAt = row.CreatedAt,
            SentAt = row.ToldAt,
            CarriedBy = row.CarriedBy,
            LastError = row.LastError,
            Response = row.Response
        };
    }
}
