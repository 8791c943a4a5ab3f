using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;

namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>
/// Builds lock statements out of the context's model at run time. All columns are named, so that system columns
/// such as PostgreSQL's xmin, which a star leaves out, are read too.
/// </summary>
public class SqlLockStatementProvider : ILockStatementProvider
{
    private readonly string? _defaultSchema;
    private readonly string _lockClause = "";
    private readonly ILockStatementFormatter? _formatter;
    private readonly bool _enableSchemaCaching;

    // By model and not by type alone: two contexts may map one type to different tables.
    private readonly ConditionalWeakTable<IModel, ConcurrentDictionary<string, string>> _statements = [];

    /// <summary>Statements as <paramref name="lockStatementFormatter"/> writes them.</summary>
    /// <param name="schemaName">The schema of tables that name none.</param>
    /// <param name="lockStatementFormatter">Writes the statement; it has to read every column of the row.</param>
    /// <param name="enableSchemaCaching">Keep the statement for each model.</param>
    public SqlLockStatementProvider(string? schemaName, ILockStatementFormatter lockStatementFormatter, bool enableSchemaCaching = true)
    {
        ArgumentNullException.ThrowIfNull(lockStatementFormatter);
        _defaultSchema = schemaName;
        _formatter = lockStatementFormatter;
        _enableSchemaCaching = enableSchemaCaching;
    }

    /// <summary>Statements as <paramref name="lockStatementFormatter"/> writes them.</summary>
    /// <param name="lockStatementFormatter">Writes the statement; it has to read every column of the row.</param>
    /// <param name="enableSchemaCaching">Keep the statement for each model.</param>
    public SqlLockStatementProvider(ILockStatementFormatter lockStatementFormatter, bool enableSchemaCaching = true)
        : this(null, lockStatementFormatter, enableSchemaCaching)
    {
    }

    /// <summary>Statements that name the columns and end in a clause.</summary>
    /// <param name="defaultSchema">The schema of tables that name none.</param>
    /// <param name="lockClause">What follows the condition.</param>
    /// <param name="enableSchemaCaching">Keep the statement for each model.</param>
    protected SqlLockStatementProvider(string? defaultSchema, string lockClause, bool enableSchemaCaching = true)
    {
        _defaultSchema = defaultSchema;
        _lockClause = lockClause;
        _enableSchemaCaching = enableSchemaCaching;
    }

    /// <inheritdoc />
    public virtual string GetRowLockStatement<T>(DbContext context)
        where T : class =>
        GetRowLockStatement<T>(context, nameof(ISaga.CorrelationId));

    /// <inheritdoc />
    public virtual string GetRowLockStatement<T>(DbContext context, params string[] propertyNames)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(context);

        if (!_enableSchemaCaching)
            return Build(context, typeof(T), propertyNames);

        var statements = _statements.GetValue(context.Model, static _ => new ConcurrentDictionary<string, string>());
        return statements.GetOrAdd($"{typeof(T).FullName}:{string.Join(',', propertyNames)}",
            static (_, state) => state.Provider.Build(state.Context, typeof(T), state.Names),
            (Provider: this, Context: context, Names: propertyNames));
    }

    private string Build(DbContext context, Type type, string[] propertyNames)
    {
        var entity = context.Model.FindEntityType(type)
            ?? throw new InvalidOperationException($"{type.Name} is not part of the model of {context.GetType().Name}");
        var table = entity.GetTableMappings().Select(mapping => mapping.Table).FirstOrDefault()
            ?? throw new InvalidOperationException($"{type.Name} is not mapped to a table in {context.GetType().Name}");
        var sql = context.GetService<ISqlGenerationHelper>();
        var store = StoreObjectIdentifier.Table(table.Name, table.Schema);

        var conditions = propertyNames.Select(name => entity.FindProperty(name)?.GetColumnName(store)
            ?? throw new InvalidOperationException($"{type.Name}.{name} has no column in {table.Name}"));

        if (_formatter is not null)
            return Format(_formatter, table.Schema ?? _defaultSchema, table.Name, conditions);

        var columns = string.Join(", ", table.Columns.Select(column => sql.DelimitIdentifier(column.Name)));
        var condition = string.Join(" AND ", conditions.Select((column, index) =>
            string.Create(CultureInfo.InvariantCulture, $"{sql.DelimitIdentifier(column)} = {{{index}}}")));
        return $"SELECT {columns} FROM {sql.DelimitIdentifier(table.Name, table.Schema ?? _defaultSchema)} WHERE {condition}{_lockClause}";
    }

    private static string Format(ILockStatementFormatter formatter, string? schema, string table, IEnumerable<string> columns)
    {
        var statement = new StringBuilder();
        formatter.Create(statement, schema!, table);
        foreach (var (index, column) in columns.Index())
            formatter.AppendColumn(statement, index, column);
        formatter.Complete(statement);
        return statement.ToString();
    }
}
