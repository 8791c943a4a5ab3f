namespace DevopsCd.Contracts;

/// <summary>A message could not be read or is wrong; it is parked.</summary>
public sealed record CommandRejected
{
    /// <summary>The message's id, where it had or was given one.</summary>
    public Guid? MessageId { get; init; }

    /// <summary>The message's type, where it is known.</summary>
    public string? MessageType { get; init; }

    /// <summary>Why, naming what to mend.</summary>
    public required string Reason { get; init; }

    /// <summary>The wrong fields by their JSON paths.</summary>
    public required IReadOnlyList<string> Fields { get; init; }
}
