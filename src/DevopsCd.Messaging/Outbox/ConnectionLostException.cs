using System.Data.Common;

namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>
/// The connection was lost in the middle of a transaction. The server has rolled back all of it (or has committed it, when the loss
/// came with the commit, which the inbox then knows): the message can be consumed again.
/// </summary>
public sealed class ConnectionLostException()
    : DbException("The connection to the database was lost inside the transaction; what was not committed was rolled back")
{
    /// <inheritdoc />
    public override bool IsTransient => true;
}
