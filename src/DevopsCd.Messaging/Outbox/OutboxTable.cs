using System.Data.Common;
using System.Globalization;
using System.Text;
using Microsoft.EntityFrameworkCore;

namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>What waits for delivery, and who owns it until when.</summary>
internal sealed class OutboxTable : StoredTable<OutboxMessage>
{
    // A parked message is locked until then.
    private static readonly DateTime s_never = new(9999, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private const int RowsInOneInsert = 32;
    private const int KeysInOneDelete = 500;

    private readonly StoredColumn _id;
    private readonly StoredColumn _position;
    private readonly StoredColumn _locked;
    private readonly string?[] _inserts = new string?[RowsInOneInsert + 1];

    public OutboxTable(DbContext context)
        : base(context)
    {
        _id = Column(nameof(OutboxMessage.OutboxId));
        _position = Column(nameof(OutboxMessage.SequenceNumber));
        _locked = Column(nameof(OutboxMessage.LockedUntil));
    }

    public async Task InsertAsync(DbContext context, IReadOnlyList<OutboxMessage> messages, CancellationToken cancellationToken)
    {
        for (var first = 0; first < messages.Count; first += RowsInOneInsert)
        {
            var rows = Math.Min(RowsInOneInsert, messages.Count - first);
            await ExecuteAsync(context, Inserting(rows), messages.Skip(first).Take(rows), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Adds the messages to a batch; PostgreSQL only.</summary>
    public void Add(DbBatch batch, IReadOnlyList<OutboxMessage> messages)
    {
        for (var first = 0; first < messages.Count; first += RowsInOneInsert)
        {
            var rows = Math.Min(RowsInOneInsert, messages.Count - first);
            Add(batch, Inserting(rows), messages.Skip(first).Take(rows));
        }
    }

    /// <summary>Removes all messages of these outboxes.</summary>
    public async Task DeleteAsync(DbContext context, IReadOnlyList<Guid> outboxIds, CancellationToken cancellationToken)
    {
        for (var first = 0; first < outboxIds.Count; first += KeysInOneDelete)
        {
            var chunk = outboxIds.Skip(first).Take(KeysInOneDelete).ToArray();
            var sql = new StringBuilder($"DELETE FROM {Name} WHERE {_id.Name} ");
            var command = Command(context, "");
            await using (command.ConfigureAwait(false))
            {
                if (IsPostgres)
                {
                    sql.Append("= ANY (").Append(Placeholder(0)).Append(')');
                    var parameter = command.CreateParameter();
                    parameter.Value = chunk;
                    command.Parameters.Add(parameter);
                }
                else
                {
                    sql.Append("IN (").AppendJoin(", ", chunk.Select((_, index) => Placeholder(index))).Append(')');
                    foreach (var key in chunk)
                        Bind(command, _id, key);
                }

                command.CommandText = sql.ToString();
                await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Removes the messages of one outbox up to a position. A parked message stays, whatever was delivered around it.</summary>
    public Task DeleteUpToAsync(DbContext context, Guid outboxId, long sequenceNumber, CancellationToken cancellationToken) =>
        ExecuteAsync(context,
            $"DELETE FROM {Name} WHERE {_id.Name} = {Placeholder(0)} AND {_position.Name} <= {Placeholder(1)} AND {_locked.Name} < {Placeholder(2)}",
            cancellationToken, (_id, outboxId), (_position, sequenceNumber), (_locked, s_never));

    /// <summary>
    /// Takes the outboxes that have been nobody's the longest, each from its first message on, until the given time. Locking that message is what
    /// decides between instances, so what an outbox holds beyond the limit cannot be taken by another before this is done.
    /// </summary>
    public Task<List<OutboxMessage>> ClaimAsync(DbContext context, int outboxes, int messages, DateTime now, DateTime until,
        CancellationToken cancellationToken)
    {
        var skip = IsPostgres ? " FOR UPDATE SKIP LOCKED" : "";
        var sql =
            $"""
            WITH heads AS (
              SELECT {_id.Name} AS head_id, {_position.Name} AS head_position FROM {Name} AS head
              WHERE {_locked.Name} <= {Placeholder(0)} AND NOT EXISTS (
                SELECT 1 FROM {Name} AS earlier
                WHERE earlier.{_id.Name} = head.{_id.Name} AND earlier.{_position.Name} < head.{_position.Name} AND earlier.{_locked.Name} < {Placeholder(1)})
              ORDER BY {_locked.Name} LIMIT {outboxes.ToString(CultureInfo.InvariantCulture)}{skip})
            UPDATE {Name} SET {_locked.Name} = {Placeholder(2)} FROM heads
            WHERE {_id.Name} = head_id AND {_locked.Name} <= {Placeholder(3)} AND {_position.Name} < head_position + {messages.ToString(CultureInfo.InvariantCulture)}
            RETURNING {ColumnList}
            """;
        return ReadAsync(context, sql, cancellationToken, now, s_never, until, now);
    }

    /// <summary>
    /// Takes one outbox whose commit was not seen, if it is there and still under the lease it was written with, or under none. Its first message
    /// decides, as between sweeps: whoever has taken that one has the rest, even what it has not got to yet.
    /// </summary>
    public Task<List<OutboxMessage>> ClaimAsync(DbContext context, Guid outboxId, DateTime lease, DateTime now, DateTime until,
        CancellationToken cancellationToken)
    {
        var wait = IsPostgres ? " FOR UPDATE" : "";
        var sql =
            $"""
            WITH head AS (
              SELECT {_locked.Name} FROM {Name}
              WHERE {_id.Name} = {Placeholder(0)} AND {_locked.Name} < {Placeholder(1)}
              ORDER BY {_position.Name} LIMIT 1{wait})
            UPDATE {Name} SET {_locked.Name} = {Placeholder(2)}
            WHERE {_id.Name} = {Placeholder(3)} AND ({_locked.Name} <= {Placeholder(4)} OR {_locked.Name} = {Placeholder(5)})
              AND EXISTS (SELECT 1 FROM head WHERE head.{_locked.Name} <= {Placeholder(6)} OR head.{_locked.Name} = {Placeholder(7)})
            RETURNING {ColumnList}
            """;
        return ReadAsync(context, sql, cancellationToken, outboxId, s_never, until, outboxId, now, lease, now, lease);
    }

    /// <summary>
    /// Lets go of the messages of one outbox from a position on: from the given time any sweep may take them. Whoever has taken them since the
    /// lease ran out keeps them.
    /// </summary>
    public Task ReleaseAsync(DbContext context, Guid outboxId, long from, DateTime lease, DateTime at, CancellationToken cancellationToken) =>
        ExecuteAsync(context,
            $"UPDATE {Name} SET {_locked.Name} = {Placeholder(0)} WHERE {_id.Name} = {Placeholder(1)} AND {_position.Name} >= {Placeholder(2)} AND {_locked.Name} <= {Placeholder(3)}",
            cancellationToken, (_locked, at), (_id, outboxId), (_position, from), (_locked, lease));

    /// <summary>Locks one message for ever.</summary>
    public Task ParkAsync(DbContext context, OutboxMessage message, CancellationToken cancellationToken) =>
        ExecuteAsync(context,
            $"UPDATE {Name} SET {_locked.Name} = {Placeholder(0)} WHERE {_id.Name} = {Placeholder(1)} AND {_position.Name} = {Placeholder(2)}",
            cancellationToken, (_locked, s_never), (_id, message.OutboxId), (_position, message.SequenceNumber));

    private string Inserting(int rows) => _inserts[rows] ??= InsertSql(rows);

    private async Task<List<OutboxMessage>> ReadAsync(DbContext context, string sql, CancellationToken cancellationToken, params object[] values)
    {
        // Through EF, which knows how to turn the columns back into messages; {n} are its placeholders.
        for (var index = 0; index < values.Length; index++)
            sql = sql.Replace(Placeholder(index), $"{{{index}}}", StringComparison.Ordinal);
        var messages = await context.Set<OutboxMessage>().FromSqlRaw(sql, values).AsNoTracking().ToListAsync(cancellationToken).ConfigureAwait(false);
        messages.Sort(static (left, right) =>
            left.OutboxId == right.OutboxId ? left.SequenceNumber.CompareTo(right.SequenceNumber) : left.OutboxId.CompareTo(right.OutboxId));
        return messages;
    }
}
