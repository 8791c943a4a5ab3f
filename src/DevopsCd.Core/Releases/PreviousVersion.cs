namespace DevopsCd.Core.Releases;

/// <summary>What ran in a place just before an operation, as the deploy service has recorded it; never guessed (R19).</summary>
/// <param name="Image">The image; null where the target names none.</param>
/// <param name="Revision">The revision as the target counts or names it; null where it has none.</param>
/// <param name="Unchanged">It is what the operation was to deploy.</param>
internal sealed record PreviousVersion(string? Image, string? Revision, bool Unchanged)
{
    /// <summary>Nothing ran: the application is new there.</summary>
    public static PreviousVersion Nothing { get; } = new(null, null, false);

    public bool IsNothing => Image is null && Revision is null;

    /// <summary>The image, or else the revision, as people are told what runs.</summary>
    public string? Name => Image ?? Revision;
}
