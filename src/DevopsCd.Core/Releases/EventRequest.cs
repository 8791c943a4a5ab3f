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

    /// <summary>A cancel leaves production as it is, although it runs a part of the batch.</summary>
    public bool AcceptMoved { get; init; }

    /// <summary>A stage that begins does so although a freeze holds.</summary>
    public bool OverrideFreeze { get; init; }

    /// <summary>A stage that begins does so at this time; null for at once.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>A start that was scheduled is given up then; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The attempt of a stage that it is about; null means the present one.</summary>
    public int? Attempt { get; init; }
}
