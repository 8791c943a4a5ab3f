namespace DevopsCd.Messaging.Tests.Houses;

/// <summary>A saga as the product has it: a number as the key, the correlation in a unique column, the state a name that is stored as a number.</summary>
public sealed class Parcel : SagaStateMachineInstance
{
    public long Id { get; set; }

    public Guid CorrelationId { get; set; }

    public string State { get; set; } = "Initial";

    public string Station { get; set; } = "";

    public int Moves { get; set; }
}
