namespace DevopsCd.Core.Batches;

/// <summary>
/// A batch does not accept an event. Thrown wherever that is found out, so that whatever the event had begun rolls
/// back as a whole; <see cref="RefusalFilter" /> records and answers it.
/// </summary>
internal sealed class BatchRefused(RefusalKind kind, string reason) : Exception(reason)
{
    public RefusalKind Kind { get; } = kind;

    public string Reason { get; } = reason;

    /// <summary>The batch's state, or null when there is no such batch.</summary>
    public string? State { get; init; }

    /// <summary>The wrong fields with what is wrong, for content that cannot be accepted.</summary>
    public IReadOnlyDictionary<string, string[]> Fields { get; init; } = new Dictionary<string, string[]>();

    public static BatchRefused NoSuchBatch(Guid batchId) => new(RefusalKind.NotFound, $"there is no batch {batchId}");

    public static BatchRefused Content(string field, string error) =>
        new(RefusalKind.Content, $"{field}: {error}") { Fields = new Dictionary<string, string[]> { [field] = [error] } };
}
