using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>
/// The statements of inbox and outbox, written from the context's model: whatever the tables and columns are called there, and however
/// values are converted. They run as plain commands on the context's connection; tracking entities would cost more than the statements.
/// </summary>
internal sealed class OutboxModel
{
    /// <summary>A parked message is locked until then.</summary>
    public static readonly DateTime Never = new(9999, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    // Makes parameters for batches only; it never runs.
    static readonly NpgsqlCommand Parameters = new();

    const int RowsInOneInsert = 32;
    const int KeysInOneDelete = 500;

    static readonly ConditionalWeakTable<IModel, OutboxModel> Models = [];

    readonly Database _database;
    readonly Table<InboxState> _inbox;
    readonly Table<OutboxMessage> _outbox;
    readonly Table<OutboxState> _state;
    readonly string _insertInbox;
    readonly string?[] _insertMessages = new string?[RowsInOneInsert + 1];

    OutboxModel(DbContext context)
    {
        _database = DatabaseKind.Of(context);
        _inbox = new Table<InboxState>(context);
        _outbox = new Table<OutboxMessage>(context);
        _state = new Table<OutboxState>(context);
        _insertInbox = InsertSql(_inbox, 1) + " ON CONFLICT DO NOTHING";
    }

    public static OutboxModel For(DbContext context) =>
        Models.TryGetValue(context.Model, out var model) ? model : Models.GetValue(context.Model, _ => new OutboxModel(context));

    /// <summary>True when this transaction is the one that consumes the message; waits for another that is trying to.</summary>
    public async Task<bool> TryConsume(DbContext context, InboxState row, CancellationToken cancellationToken)
    {
        var command = Command(context, _insertInbox);
        await using (command.ConfigureAwait(false))
        {
            Bind(command, _inbox, row);
            return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false) == 1;
        }
    }

    public async Task Insert(DbContext context, IReadOnlyList<OutboxMessage> messages, CancellationToken cancellationToken)
    {
        for (var first = 0; first < messages.Count; first += RowsInOneInsert)
        {
            var rows = Math.Min(RowsInOneInsert, messages.Count - first);
            var command = Command(context, _insertMessages[rows] ??= InsertSql(_outbox, rows));
            await using (command.ConfigureAwait(false))
            {
                for (var row = 0; row < rows; row++)
                    Bind(command, _outbox, messages[first + row]);
                await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>An empty batch on the context's connection and transaction; PostgreSQL only.</summary>
    public static DbBatch Batch(DbContext context)
    {
        var batch = LostTransactionInterceptor.Connection(context).CreateBatch();
        batch.Transaction = context.Database.CurrentTransaction?.GetDbTransaction();
        if (context.Database.GetCommandTimeout() is { } timeout)
            batch.Timeout = timeout;
        return batch;
    }

    /// <summary>Adds the inbox row to a batch; the command tells afterwards whether it was written.</summary>
    public DbBatchCommand AddInbox(DbBatch batch, InboxState row) => Add(batch, _insertInbox, _inbox, [row]);

    /// <summary>
    /// Writes the messages and commits, on PostgreSQL in one round trip. The transaction object is not asked, so it must only be disposed after this.
    /// </summary>
    public async Task Commit(DbContext context, IDbContextTransaction transaction, IReadOnlyList<OutboxMessage> messages)
    {
        // Nothing here can be cancelled: a commit that was interrupted may have happened.
        if (_database != Database.Postgres)
        {
            await Insert(context, messages, CancellationToken.None).ConfigureAwait(false);
            await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
            return;
        }

        var batch = Batch(context);
        await using (batch.ConfigureAwait(false))
        {
            for (var first = 0; first < messages.Count; first += RowsInOneInsert)
            {
                var rows = Math.Min(RowsInOneInsert, messages.Count - first);
                Add(batch, _insertMessages[rows] ??= InsertSql(_outbox, rows), _outbox, messages.Skip(first).Take(rows));
            }

            AddEnd(batch, messages.Count == 0);
            await CommitBy(batch, context, transaction).ConfigureAwait(false);
        }
    }

    // The transaction object cannot commit any more once the batch has done it, so EF's interceptors are told here.
    static async Task CommitBy(DbBatch batch, DbContext context, IDbContextTransaction transaction)
    {
        var diagnostics = context.GetService<IDiagnosticsLogger<DbLoggerCategory.Database.Transaction>>();
        var connection = context.GetService<IRelationalConnection>();
        var (raw, started, watch) = (transaction.GetDbTransaction(), TimeProvider.System.GetUtcNow(), Stopwatch.StartNew());

        await diagnostics.TransactionCommittingAsync(connection, raw, transaction.TransactionId, started, CancellationToken.None).ConfigureAwait(false);
        await batch.ExecuteNonQueryAsync(CancellationToken.None).ConfigureAwait(false);
        await diagnostics.TransactionCommittedAsync(connection, raw, transaction.TransactionId, started, watch.Elapsed, CancellationToken.None).ConfigureAwait(false);
    }

    // PostgreSQL answers the commit of a transaction that has failed before with a quiet rollback, and Npgsql takes that for success.
    // Any statement before it fails aloud.
    static void AddEnd(DbBatch batch, bool check)
    {
        if (check)
        {
            var probe = batch.CreateBatchCommand();
            probe.CommandText = "SELECT 1";
            batch.BatchCommands.Add(probe);
        }
        var commit = batch.CreateBatchCommand();
        commit.CommandText = "COMMIT";
        batch.BatchCommands.Add(commit);
    }

    DbBatchCommand Add<T>(DbBatch batch, string sql, Table<T> table, IEnumerable<T> rows)
        where T : class
    {
        var command = batch.CreateBatchCommand();
        command.CommandText = sql;
        foreach (var row in rows)
        {
            foreach (var column in table.Columns)
                command.Parameters.Add(column.Mapping.CreateParameter(Parameters, "", column.Value(row), column.Nullable));
        }
        batch.BatchCommands.Add(command);
        return command;
    }

    /// <summary>Commits a transaction without messages; throws when it had failed before, whatever was swallowed on the way.</summary>
    public static async Task Commit(DbContext context, IDbContextTransaction transaction)
    {
        if (DatabaseKind.Of(context) != Database.Postgres)
        {
            await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
            return;
        }

        var batch = Batch(context);
        await using (batch.ConfigureAwait(false))
        {
            AddEnd(batch, check: true);
            await CommitBy(batch, context, transaction).ConfigureAwait(false);
        }
    }

    /// <summary>Removes all messages of these outboxes.</summary>
    public async Task Delete(DbContext context, IReadOnlyList<Guid> outboxIds, CancellationToken cancellationToken)
    {
        for (var first = 0; first < outboxIds.Count; first += KeysInOneDelete)
        {
            var keys = Math.Min(KeysInOneDelete, outboxIds.Count - first);
            var chunk = new Guid[keys];
            for (var key = 0; key < keys; key++)
                chunk[key] = outboxIds[first + key];

            var id = _outbox[nameof(OutboxMessage.OutboxId)];
            var sql = new StringBuilder($"DELETE FROM {_outbox.Name} WHERE {id.Name} ");
            var command = Command(context, "");
            await using (command.ConfigureAwait(false))
            {
                if (_database == Database.Postgres)
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
                        Bind(command, id, key);
                }

                command.CommandText = sql.ToString();
                await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Removes the messages of one outbox up to a position, and what was noted about their trouble.</summary>
    public async Task DeleteUpTo(DbContext context, Guid outboxId, long sequenceNumber, CancellationToken cancellationToken)
    {
        // A parked message stays, whatever was delivered around it.
        await Execute(context,
            $"DELETE FROM {_outbox.Name} WHERE {_outbox[nameof(OutboxMessage.OutboxId)].Name} = {Placeholder(0)} AND {_outbox[nameof(OutboxMessage.SequenceNumber)].Name} <= {Placeholder(1)} AND {_outbox[nameof(OutboxMessage.LockedUntil)].Name} < {Placeholder(2)}",
            cancellationToken,
            (_outbox[nameof(OutboxMessage.OutboxId)], outboxId), (_outbox[nameof(OutboxMessage.SequenceNumber)], sequenceNumber),
            (_outbox[nameof(OutboxMessage.LockedUntil)], Never)).ConfigureAwait(false);
        await Execute(context,
            $"DELETE FROM {_state.Name} WHERE {_state[nameof(OutboxState.OutboxId)].Name} = {Placeholder(0)} AND {_state[nameof(OutboxState.SequenceNumber)].Name} <= {Placeholder(1)} AND {_state[nameof(OutboxState.Parked)].Name} IS NULL",
            cancellationToken,
            (_state[nameof(OutboxState.OutboxId)], outboxId), (_state[nameof(OutboxState.SequenceNumber)], sequenceNumber)).ConfigureAwait(false);
    }

    /// <summary>
    /// Takes the oldest outboxes nobody owns, each from its first message on, until the given time. Locking that message is what decides between
    /// instances, so what an outbox holds beyond the limit cannot be taken by another before this is done.
    /// </summary>
    public Task<List<OutboxMessage>> Claim(DbContext context, int outboxes, int messages, DateTime now, DateTime until, CancellationToken cancellationToken)
    {
        var id = _outbox[nameof(OutboxMessage.OutboxId)];
        var position = _outbox[nameof(OutboxMessage.SequenceNumber)];
        var locked = _outbox[nameof(OutboxMessage.LockedUntil)];
        var skip = _database == Database.Postgres ? " FOR UPDATE SKIP LOCKED" : "";
        var sql =
            $"""
            WITH heads AS (
              SELECT {id.Name}, {position.Name} FROM {_outbox.Name} AS head
              WHERE {locked.Name} <= {Placeholder(0)} AND NOT EXISTS (
                SELECT 1 FROM {_outbox.Name} AS earlier
                WHERE earlier.{id.Name} = head.{id.Name} AND earlier.{position.Name} < head.{position.Name} AND earlier.{locked.Name} < {Placeholder(1)})
              ORDER BY {id.Name} LIMIT {outboxes.ToString(CultureInfo.InvariantCulture)}{skip})
            UPDATE {_outbox.Name} AS mine SET {locked.Name} = {Placeholder(2)}
            WHERE {id.Name} IN (SELECT {id.Name} FROM heads) AND {locked.Name} <= {Placeholder(3)}
              AND {position.Name} < {messages.ToString(CultureInfo.InvariantCulture)} + (SELECT heads.{position.Name} FROM heads WHERE heads.{id.Name} = mine.{id.Name})
            RETURNING {_outbox.ColumnList}
            """;
        return Read(context, sql, cancellationToken, (locked, now), (locked, Never), (locked, until), (locked, now));
    }

    /// <summary>Takes one outbox whose commit was not seen, if it is there and nobody else has taken it.</summary>
    public Task<List<OutboxMessage>> Claim(DbContext context, Guid outboxId, DateTime until, CancellationToken cancellationToken)
    {
        var id = _outbox[nameof(OutboxMessage.OutboxId)];
        var locked = _outbox[nameof(OutboxMessage.LockedUntil)];
        var sql = $"UPDATE {_outbox.Name} SET {locked.Name} = {Placeholder(0)} WHERE {id.Name} = {Placeholder(1)} AND {locked.Name} < {Placeholder(2)} RETURNING {_outbox.ColumnList}";
        return Read(context, sql, cancellationToken, (locked, until), (id, outboxId), (locked, until));
    }

    /// <summary>Lets go of the messages of one outbox from a position on: from the given time any sweep may take them.</summary>
    public Task Release(DbContext context, Guid outboxId, long from, DateTime at, CancellationToken cancellationToken) =>
        Execute(context,
            $"UPDATE {_outbox.Name} SET {_outbox[nameof(OutboxMessage.LockedUntil)].Name} = {Placeholder(0)} WHERE {_outbox[nameof(OutboxMessage.OutboxId)].Name} = {Placeholder(1)} AND {_outbox[nameof(OutboxMessage.SequenceNumber)].Name} >= {Placeholder(2)} AND {_outbox[nameof(OutboxMessage.LockedUntil)].Name} < {Placeholder(3)}",
            cancellationToken,
            (_outbox[nameof(OutboxMessage.LockedUntil)], at), (_outbox[nameof(OutboxMessage.OutboxId)], outboxId),
            (_outbox[nameof(OutboxMessage.SequenceNumber)], from), (_outbox[nameof(OutboxMessage.LockedUntil)], Never));

    /// <summary>Locks one message for ever.</summary>
    public Task Park(DbContext context, OutboxMessage message, CancellationToken cancellationToken) =>
        Execute(context,
            $"UPDATE {_outbox.Name} SET {_outbox[nameof(OutboxMessage.LockedUntil)].Name} = {Placeholder(0)} WHERE {_outbox[nameof(OutboxMessage.OutboxId)].Name} = {Placeholder(1)} AND {_outbox[nameof(OutboxMessage.SequenceNumber)].Name} = {Placeholder(2)}",
            cancellationToken,
            (_outbox[nameof(OutboxMessage.LockedUntil)], Never), (_outbox[nameof(OutboxMessage.OutboxId)], message.OutboxId),
            (_outbox[nameof(OutboxMessage.SequenceNumber)], message.SequenceNumber));

    /// <summary>Notes how the delivery of a message stands.</summary>
    public async Task Note(DbContext context, OutboxState state, CancellationToken cancellationToken)
    {
        var tries = _state[nameof(OutboxState.DeliveryCount)].Name;
        var parked = _state[nameof(OutboxState.Parked)].Name;
        var reason = _state[nameof(OutboxState.Reason)].Name;
        var command = Command(context, InsertSql(_state, 1)
            + $" ON CONFLICT ({_state[nameof(OutboxState.OutboxId)].Name}, {_state[nameof(OutboxState.SequenceNumber)].Name}) DO UPDATE SET {tries} = excluded.{tries}, {parked} = excluded.{parked}, {reason} = excluded.{reason}");
        await using (command.ConfigureAwait(false))
        {
            Bind(command, _state, state);
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Removes the oldest inbox rows from before a time; says how many.</summary>
    public async Task<int> Expire(DbContext context, DateTime before, int limit, CancellationToken cancellationToken)
    {
        var received = _inbox[nameof(InboxState.Received)];
        var oldest = $"FROM {_inbox.Name} WHERE {received.Name} < {Placeholder(0)} ORDER BY {received.Name} LIMIT {limit.ToString(CultureInfo.InvariantCulture)}";
        var sql = _database == Database.Postgres
            ? $"DELETE FROM {_inbox.Name} WHERE ctid = ANY (ARRAY(SELECT ctid {oldest} FOR UPDATE SKIP LOCKED))"
            : $"DELETE FROM {_inbox.Name} WHERE rowid IN (SELECT rowid {oldest})";
        return await Execute(context, sql, cancellationToken, (received, before)).ConfigureAwait(false);
    }

    static DbCommand Command(DbContext context, string sql)
    {
        var command = LostTransactionInterceptor.Connection(context).CreateCommand();
        command.CommandText = sql;
        command.Transaction = context.Database.CurrentTransaction?.GetDbTransaction();
        if (context.Database.GetCommandTimeout() is { } timeout)
            command.CommandTimeout = timeout;
        return command;
    }

    static async Task<int> Execute(DbContext context, string sql, CancellationToken cancellationToken, params (Column Column, object? Value)[] values)
    {
        var model = For(context);
        var command = Command(context, sql);
        await using (command.ConfigureAwait(false))
        {
            foreach (var (column, value) in values)
                model.Bind(command, column, value);
            return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    async Task<List<OutboxMessage>> Read(DbContext context, string sql, CancellationToken cancellationToken, params (Column Column, object? Value)[] values)
    {
        // Through EF, which knows how to turn the columns back into messages; {n} are its placeholders.
        var arguments = values.Select(value => value.Value).ToArray();
        for (var index = 0; index < arguments.Length; index++)
            sql = sql.Replace(Placeholder(index), $"{{{index}}}", StringComparison.Ordinal);
        var messages = await context.Set<OutboxMessage>().FromSqlRaw(sql, arguments!).AsNoTracking().ToListAsync(cancellationToken).ConfigureAwait(false);
        messages.Sort(static (left, right) =>
            left.OutboxId == right.OutboxId ? left.SequenceNumber.CompareTo(right.SequenceNumber) : left.OutboxId.CompareTo(right.OutboxId));
        return messages;
    }

    // Positional parameters spare Npgsql a parse of the statement.
    string Placeholder(int index) =>
        _database == Database.Postgres
            ? "$" + (index + 1).ToString(CultureInfo.InvariantCulture)
            : "@p" + index.ToString(CultureInfo.InvariantCulture);

    string InsertSql<T>(Table<T> table, int rows)
        where T : class
    {
        var sql = new StringBuilder($"INSERT INTO {table.Name} ({table.ColumnList}) VALUES ");
        var parameter = 0;
        for (var row = 0; row < rows; row++)
            sql.Append(row == 0 ? "(" : ", (").AppendJoin(", ", table.Columns.Select(_ => Placeholder(parameter++))).Append(')');
        return sql.ToString();
    }

    void Bind<T>(DbCommand command, Table<T> table, T row)
        where T : class
    {
        foreach (var column in table.Columns)
            Bind(command, column, column.Value(row));
    }

    void Bind(DbCommand command, Column column, object? value)
    {
        var name = _database == Database.Postgres ? "" : Placeholder(command.Parameters.Count);
        command.Parameters.Add(column.Mapping.CreateParameter(command, name, value, column.Nullable));
    }

    sealed record Column(string Property, string Name, RelationalTypeMapping Mapping, bool Nullable, Func<object, object?> Value);

    sealed class Table<T>
        where T : class
    {
        public Table(DbContext context)
        {
            var entity = context.Model.FindEntityType(typeof(T))
                ?? throw new InvalidOperationException($"{context.GetType().Name} does not map {typeof(T).Name}; call modelBuilder.AddTransactionalOutboxEntities() in OnModelCreating");
            var sql = context.GetService<ISqlGenerationHelper>();
            var table = entity.GetTableName() ?? throw new InvalidOperationException($"{typeof(T).Name} is not mapped to a table");
            var store = StoreObjectIdentifier.Table(table, entity.GetSchema());

            Name = sql.DelimitIdentifier(table, entity.GetSchema());
            Columns = [.. entity.GetProperties().Select(property => new Column(
                property.Name, sql.DelimitIdentifier(property.GetColumnName(store)!), property.GetRelationalTypeMapping(), property.IsNullable, Getter(property)))];
            ColumnList = string.Join(", ", Columns.Select(column => column.Name));
        }

        public string Name { get; }

        public Column[] Columns { get; }

        public string ColumnList { get; }

        public Column this[string property] => Columns.Single(column => column.Property == property);

        static Func<object, object?> Getter(IProperty property)
        {
            var member = property.PropertyInfo ?? throw new InvalidOperationException($"{typeof(T).Name}.{property.Name} is not a property");
            var row = Expression.Parameter(typeof(object));
            return Expression.Lambda<Func<object, object?>>(
                Expression.Convert(Expression.Property(Expression.Convert(row, typeof(T)), member), typeof(object)), row).Compile();
        }
    }
}
