using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;

namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>
/// Builds lock statements out of the context's model at run time. All columns are named, so that system columns
/// such as PostgreSQL's xmin, which a star leaves out, are read too.
/// </summary>
/// <param name="defaultSchema">The schema of tables that name none.</param>
/// <param name="lockClause">What follows the condition.</param>
/// <param name="enableSchemaCaching">Keep the statement for each model.</param>
public abstract class SqlLockStatementProvider(string? defaultSchema, string lockClause, bool enableSchemaCaching = true) : ILockStatementProvider
{
    // By model and not by type alone: two contexts may map one type to different tables.
    readonly ConditionalWeakTable<IModel, ConcurrentDictionary<string, string>> _statements = [];

    /// <inheritdoc />
    public virtual string GetRowLockStatement<T>(DbContext context)
        where T : class =>
        GetRowLockStatement<T>(context, nameof(ISaga.CorrelationId));

    /// <inheritdoc />
    public virtual string GetRowLockStatement<T>(DbContext context, params string[] propertyNames)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(context);

        if (!enableSchemaCaching)
            return Build(context, typeof(T), propertyNames);

        var statements = _statements.GetValue(context.Model, static _ => new ConcurrentDictionary<string, string>());
        return statements.GetOrAdd($"{typeof(T).FullName}:{string.Join(',', propertyNames)}",
            static (_, state) => state.Provider.Build(state.Context, typeof(T), state.Names),
            (Provider: this, Context: context, Names: propertyNames));
    }

    string Build(DbContext context, Type type, string[] propertyNames)
    {
        var entity = context.Model.FindEntityType(type)
            ?? throw new InvalidOperationException($"{type.Name} is not part of the model of {context.GetType().Name}");
        var table = entity.GetTableMappings().Select(mapping => mapping.Table).FirstOrDefault()
            ?? throw new InvalidOperationException($"{type.Name} is not mapped to a table in {context.GetType().Name}");
        var sql = context.GetService<ISqlGenerationHelper>();
        var store = StoreObjectIdentifier.Table(table.Name, table.Schema);

        var columns = string.Join(", ", table.Columns.Select(column => sql.DelimitIdentifier(column.Name)));
        var condition = string.Join(" AND ", propertyNames.Select((name, index) =>
        {
            var column = entity.FindProperty(name)?.GetColumnName(store)
                ?? throw new InvalidOperationException($"{type.Name}.{name} has no column in {table.Name}");
            return string.Create(CultureInfo.InvariantCulture, $"{sql.DelimitIdentifier(column)} = {{{index}}}");
        }));
        return $"SELECT {columns} FROM {sql.DelimitIdentifier(table.Name, table.Schema ?? defaultSchema)} WHERE {condition}{lockClause}";
    }
}
