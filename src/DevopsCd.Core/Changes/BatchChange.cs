namespace DevopsCd.Core.Changes;

/// <summary>
/// What one transaction has changed in a batch, for whoever follows batches. The row is committed with the change; its place among all changes it
/// is given afterwards, by <see cref="ChangeLog" />.
/// </summary>
internal sealed class BatchChange
{
    /// <summary>Taken when the row is written: of two transactions the one with the smaller id may commit later.</summary>
    public long Id { get; set; }

    /// <summary>Its place in the order of commits, from 1 and without a gap; null until it is numbered.</summary>
    public long? Cursor { get; set; }

    public long BatchId { get; set; }

    /// <summary>The row of the audit that came with it; null where the change has none.</summary>
    public long? EventId { get; set; }

    public BatchEvent? Event { get; set; }

    /// <summary>The applications that changed, see <see cref="ChangedRelease" />; null where none did.</summary>
    public string? Releases { get; set; }

    public DateTimeOffset At { get; set; }
}
