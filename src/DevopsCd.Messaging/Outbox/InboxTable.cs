using System.Data.Common;
using System.Globalization;
using Microsoft.EntityFrameworkCore;

namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>What has been consumed.</summary>
internal sealed class InboxTable : StoredTable<InboxState>
{
    private readonly string _insert;

    public InboxTable(DbContext context)
        : base(context) =>
        _insert = InsertSql(1) + " ON CONFLICT DO NOTHING";

    /// <summary>True when this transaction is the one that consumes the message; waits for another that is trying to.</summary>
    public async Task<bool> TryConsumeAsync(DbContext context, InboxState row, CancellationToken cancellationToken) =>
        await ExecuteAsync(context, _insert, [row], cancellationToken).ConfigureAwait(false) == 1;

    /// <summary>Adds the row to a batch; the command tells afterwards whether it was written.</summary>
    public DbBatchCommand Add(DbBatch batch, InboxState row) => Add(batch, _insert, [row]);

    /// <summary>Removes the oldest rows from before a time; says how many.</summary>
    public Task<int> ExpireAsync(DbContext context, DateTime before, int limit, CancellationToken cancellationToken)
    {
        var received = Column(nameof(InboxState.Received));
        var oldest = $"FROM {Name} WHERE {received.Name} < {Placeholder(0)} ORDER BY {received.Name} LIMIT {limit.ToString(CultureInfo.InvariantCulture)}";
        var sql = IsPostgres
            ? $"DELETE FROM {Name} WHERE ctid = ANY (ARRAY(SELECT ctid {oldest} FOR UPDATE SKIP LOCKED))"
            : $"DELETE FROM {Name} WHERE rowid IN (SELECT rowid {oldest})";
        return ExecuteAsync(context, sql, cancellationToken, (received, before));
    }
}
