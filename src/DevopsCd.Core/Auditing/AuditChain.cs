namespace DevopsCd.Core.Auditing;

/// <summary>
/// The end of the chain of a batch's audit: each row carries the hash of the one before it, so that none can be changed, left out or moved
/// without the others showing it. Whoever adds rows holds this one.
/// </summary>
internal sealed class AuditChain
{
    public Guid BatchCorrelationId { get; set; }

    /// <summary>How many rows it has.</summary>
    public int Length { get; set; }

    /// <summary>The hash of the last row; empty while there is none.</summary>
    public string Hash { get; set; } = "";

    /// <summary>How many of the rows were written before they were chained: of what they were until then nothing speaks.</summary>
    public int Adopted { get; set; }

    /// <summary>The transaction that has locked and read it, and until whose end nobody else adds rows; null where that is not certain.</summary>
    public Guid? LockedIn { get; set; }

    /// <summary>Puts a row to the end.</summary>
    public void Append(BatchEvent row)
    {
        row.Number = ++Length;
        row.PreviousHash = Hash;
        row.Hash = Hash = AuditLine.HashOf(row);
    }
}
