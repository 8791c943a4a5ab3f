namespace DevopsCd.Core.Releases;

/// <summary>Somebody asks for an event by its key: what the event's message is composed of.</summary>
internal sealed record EventRequest
{
    /// <summary>The batch's correlation id.</summary>
    public required Guid BatchId { get; init; }

    public required string Operator { get; init; }

    public string? Reason { get; init; }

    /// <summary>Hash of the content that was looked at.</summary>
    public string? ContentHash { get; init; }

    public int? ExpectedVersion { get; init; }

    /// <summary>A stage that begins deploys everything, whatever runs there.</summary>
    public bool All { get; init; }

    /// <summary>The attempt of a stage that it is about; null means the present one.</summary>
    public int? Attempt { get; init; }
}
