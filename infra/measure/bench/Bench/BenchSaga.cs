using MassTransit;

namespace DevopsCd.Bench;

public sealed class BenchSaga : SagaStateMachineInstance
{
    public Guid CorrelationId { get; set; }

    public string CurrentState { get; set; } = "";

    public int Step { get; set; }

    public DateTimeOffset ChangedAt { get; set; }
}

public sealed class BenchAudit
{
    public long Id { get; set; }

    public Guid SagaId { get; set; }

    public int Step { get; set; }

    public DateTimeOffset At { get; set; }
}
