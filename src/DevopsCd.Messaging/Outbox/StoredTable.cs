using System.Data.Common;
using System.Globalization;
using System.Linq.Expressions;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>
/// A table whose statements are written from the context's model: whatever it and its columns are called there, and however values are
/// converted. They run as plain commands on the context's connection; tracking entities would cost more than the statements.
/// </summary>
internal abstract class StoredTable<T>
    where T : class
{
    // Makes parameters for batches only; it never runs.
    private static readonly NpgsqlCommand s_parameters = new();

    protected StoredTable(DbContext context)
    {
        var entity = context.Model.FindEntityType(typeof(T))
            ?? throw new InvalidOperationException(
                $"{context.GetType().Name} does not map {typeof(T).Name}; call modelBuilder.AddTransactionalOutboxEntities() in OnModelCreating");
        var sql = context.GetService<ISqlGenerationHelper>();
        var table = entity.GetTableName() ?? throw new InvalidOperationException($"{typeof(T).Name} is not mapped to a table");
        var store = StoreObjectIdentifier.Table(table, entity.GetSchema());

        IsPostgres = DatabaseKind.Of(context) == Database.Postgres;
        Name = sql.DelimitIdentifier(table, entity.GetSchema());
        Columns = [.. entity.GetProperties().Select(property => new StoredColumn(
            property.Name, sql.DelimitIdentifier(property.GetColumnName(store)!), property.GetRelationalTypeMapping(), property.IsNullable, Getter(property)))];
        ColumnList = string.Join(", ", Columns.Select(column => column.Name));
    }

    protected bool IsPostgres { get; }

    protected string Name { get; }

    protected string ColumnList { get; }

    private StoredColumn[] Columns { get; }

    protected StoredColumn Column(string property) => Columns.Single(column => column.Property == property);

    // Positional parameters spare Npgsql a parse of the statement.
    protected string Placeholder(int index) =>
        IsPostgres
            ? "$" + (index + 1).ToString(CultureInfo.InvariantCulture)
            : "@p" + index.ToString(CultureInfo.InvariantCulture);

    protected string InsertSql(int rows)
    {
        var sql = new StringBuilder($"INSERT INTO {Name} ({ColumnList}) VALUES ");
        var parameter = 0;
        for (var row = 0; row < rows; row++)
            sql.Append(row == 0 ? "(" : ", (").AppendJoin(", ", Columns.Select(_ => Placeholder(parameter++))).Append(')');
        return sql.ToString();
    }

    /// <summary>Adds rows by an <see cref="InsertSql"/> statement to a batch; PostgreSQL only.</summary>
    protected DbBatchCommand Add(DbBatch batch, string sql, IEnumerable<T> rows)
    {
        var command = batch.CreateBatchCommand();
        command.CommandText = sql;
        foreach (var row in rows)
        {
            foreach (var column in Columns)
                command.Parameters.Add(column.Mapping.CreateParameter(s_parameters, "", column.Value(row), column.Nullable));
        }
        batch.BatchCommands.Add(command);
        return command;
    }

    /// <summary>Runs an <see cref="InsertSql"/> statement; says how many rows it wrote.</summary>
    protected async Task<int> ExecuteAsync(DbContext context, string sql, IEnumerable<T> rows, CancellationToken cancellationToken)
    {
        var command = Command(context, sql);
        await using (command.ConfigureAwait(false))
        {
            foreach (var row in rows)
            {
                foreach (var column in Columns)
                    Bind(command, column, column.Value(row));
            }
            return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    protected async Task<int> ExecuteAsync(DbContext context, string sql, CancellationToken cancellationToken,
        params (StoredColumn Column, object? Value)[] values)
    {
        var command = Command(context, sql);
        await using (command.ConfigureAwait(false))
        {
            foreach (var (column, value) in values)
                Bind(command, column, value);
            return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    protected static DbCommand Command(DbContext context, string sql)
    {
        var command = LostTransactionInterceptor.Connection(context).CreateCommand();
        command.CommandText = sql;
        command.Transaction = context.Database.CurrentTransaction?.GetDbTransaction();
        if (context.Database.GetCommandTimeout() is { } timeout)
            command.CommandTimeout = timeout;
        return command;
    }

    protected void Bind(DbCommand command, StoredColumn column, object? value)
    {
        var name = IsPostgres ? "" : Placeholder(command.Parameters.Count);
        command.Parameters.Add(column.Mapping.CreateParameter(command, name, value, column.Nullable));
    }

    private static Func<object, object?> Getter(IProperty property)
    {
        var member = property.PropertyInfo ?? throw new InvalidOperationException($"{typeof(T).Name}.{property.Name} is not a property");
        var row = Expression.Parameter(typeof(object));
        return Expression.Lambda<Func<object, object?>>(
            Expression.Convert(Expression.Property(Expression.Convert(row, typeof(T)), member), typeof(object)), row).Compile();
    }
}
