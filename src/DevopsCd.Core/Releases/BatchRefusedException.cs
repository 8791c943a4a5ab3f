namespace DevopsCd.Core.Releases;

/// <summary>
/// A batch does not accept an event. Thrown wherever that is found out, so that whatever the event had begun rolls
/// back as a whole; the filter around the consumers records and answers it.
/// </summary>
internal sealed class BatchRefusedException(RefusalKind kind, Sentence reason) : Exception(reason)
{
    public RefusalKind Kind { get; } = kind;

    public Sentence Reason { get; } = reason;

    /// <summary>The batch's state, or null when there is no such batch.</summary>
    public string? State { get; init; }

    /// <summary>What stands in the way lifts by itself: whoever asks again later asks the same, and may be heard.</summary>
    public bool Lifts { get; init; }

    /// <summary>The wrong fields with what is wrong, for content that cannot be accepted.</summary>
    public IReadOnlyDictionary<string, Sentence[]> Fields { get; init; } = new Dictionary<string, Sentence[]>();

    /// <summary>The same in English.</summary>
    public Dictionary<string, string[]> FieldTexts => Fields.ToDictionary(f => f.Key, f => f.Value.Select(said => said.ToString()).ToArray(),
        StringComparer.Ordinal);

    /// <summary>The names under which <see cref="Fields" /> of a refusal for want of a right holds what was missing, where, and who can give it.</summary>
    public const string Permission = "permission", Projects = "projects", GrantedBy = "grantedBy";

    public static BatchRefusedException NoSuchBatch(Guid batchId) => new(RefusalKind.NotFound, $"there is no batch {batchId}");

    public static BatchRefusedException Content(string field, Sentence error) =>
        Content(new Dictionary<string, Sentence[]> { [field] = [error] });

    /// <summary>Several fields are wrong, in words that come from elsewhere.</summary>
    public static BatchRefusedException Quoted(IReadOnlyDictionary<string, string[]> fields) =>
        Content(fields.ToDictionary(field => field.Key, field => field.Value.Select(Sentence (error) => $"{error}").ToArray(), StringComparer.Ordinal));

    /// <summary>Several fields are wrong; the reason names every one.</summary>
    public static BatchRefusedException Content(IReadOnlyDictionary<string, Sentence[]> fields) =>
        new(RefusalKind.Content, Sentence.Join(fields.Select(Sentence (field) => $"{field.Key}: {Sentence.Join(field.Value, ", ")}"))) { Fields = fields };
}
