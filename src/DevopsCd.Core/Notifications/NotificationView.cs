namespace DevopsCd.Core.Notifications;

/// <summary>A row as people see it. The channel is its name; no address, no secret.</summary>
internal sealed record NotificationView
{
    public required long Id { get; init; }

    public required string Channel { get; init; }

    public required string Kind { get; init; }

    public long? BatchId { get; init; }

    public required string BatchNumber { get; init; }

    public string? Event { get; init; }

    public required string Status { get; init; }

    public required int Tries { get; init; }

    public DateTimeOffset? NextAttemptAt { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? SentAt { get; init; }

    public long? CarriedBy { get; init; }

    public string? LastError { get; init; }

    public string? Response { get; init; }

    public static NotificationView Of(Notification row)
    {
        var notice = NoticeJson.Read(row.Payload);
        return new NotificationView
        {
            Id = row.Id,
            Channel = row.Channel,
            Kind = NoticeJson.Name(row.Kind),
            BatchId = row.BatchId,
            BatchNumber = notice.BatchNumber,
            Event = notice.Event,
            Status = Data.SnakeCaseConverter<NotificationStatus>.Name(row.Status),
            Tries = row.Tries,
            NextAttemptAt = row.Status is NotificationStatus.Pending or NotificationStatus.Sending ? row.NextAttemptAt : null,
            CreatedAt = row.CreatedAt,
            SentAt = row.SentAt,
            CarriedBy = row.CarriedBy,
            LastError = row.LastError,
            Response = row.Response
        };
    }
}
