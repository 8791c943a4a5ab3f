using System.Data.Common;

namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>Somebody holds a row, and another of this process waits for it already: to be tried again later, as after a lock time-out.</summary>
public sealed class RowHeldException(string row)
    : DbException($"Somebody has been holding {row} for a while; this process waits for it once, and the rest is tried again later")
{
    /// <inheritdoc />
    public override bool IsTransient => true;

    /// <summary>The state of PostgreSQL's own lock time-out.</summary>
    public override string SqlState => "55P03";
}
