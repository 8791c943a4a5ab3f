namespace DevopsCd.Messaging.Tests.Scheduling;

public sealed record Pinged
{
    public required string Text { get; init; }
}
