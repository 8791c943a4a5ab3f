namespace DevopsCd.Core.Evidence;

/// <summary>An ended batch whose evidence is kept as a file.</summary>
internal sealed class ArchivedBatch
{
    public long Id { get; set; }

    public long BatchId { get; set; }

    /// <summary>The file, relative to the folder of the archive.</summary>
    public string File { get; set; } = "";

    /// <summary>The SHA-256 of the file, in hexadecimal.</summary>
    public string Sha256 { get; set; } = "";

    /// <summary>How many operations it holds: when fewer are stored, the file alone has them all.</summary>
    public int Operations { get; set; }

    public DateTimeOffset ArchivedAt { get; set; }
}
