using MassTransit;

namespace DevopsCd.Messaging.Tests.Scheduling;

/// <summary>A saga that rings after a while unless it is told to be quiet.</summary>
public sealed class Reminder : SagaStateMachineInstance
{
    public Guid CorrelationId { get; set; }

    public string CurrentState { get; set; } = "";

    public Guid? AlarmToken { get; set; }

    public int Rung { get; set; }
}
