namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>What waits for a commit.</summary>
/// <param name="Lease">The lease of the pooled context it was asked for in; another lease does not run it.</param>
/// <param name="Transaction">The transaction it belongs to; null: whatever the context commits next.</param>
/// <param name="Key">What the caller handed in; the same does not wait twice.</param>
/// <param name="Committed">Runs once the transaction is committed.</param>
/// <param name="Dropped">Runs instead when the transaction ended otherwise.</param>
internal sealed record AfterCommit(int Lease, Guid? Transaction, Delegate Key, Func<Task> Committed, Action? Dropped)
{
    public bool IsSame(AfterCommit other) => Lease == other.Lease && Transaction == other.Transaction && Key.Equals(other.Key);
}
