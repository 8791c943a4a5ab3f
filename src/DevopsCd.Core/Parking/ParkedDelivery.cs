namespace DevopsCd.Core.Parking;

/// <summary>A delivery that is about to be parked, as the transport gave it.</summary>
internal sealed record ParkedDelivery
{
    public required string Queue { get; init; }

    public string? Exchange { get; init; }

    public string? MessageType { get; init; }

    public Guid? MessageId { get; init; }

    public string? ContentType { get; init; }

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    public required ReadOnlyMemory<byte> Body { get; init; }

    public required string Reason { get; init; }

    /// <summary>JSON paths of the wrong fields.</summary>
    public IReadOnlyList<string> Fields { get; init; } = [];
}
