using MassTransit;

namespace DevopsCd.Messaging.Tests.Scheduling;

public sealed record SetReminder : CorrelatedBy<Guid>
{
    public required Guid CorrelationId { get; init; }

    public required TimeSpan Delay { get; init; }

    public bool Fail { get; init; }
}

public sealed record StopReminder : CorrelatedBy<Guid>
{
    public required Guid CorrelationId { get; init; }
}

public sealed record ReminderRang : CorrelatedBy<Guid>
{
    public required Guid CorrelationId { get; init; }
}
