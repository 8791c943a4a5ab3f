using System.Data.Common;
using System.Linq.Expressions;
using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace MassTransit.EntityFrameworkCoreIntegration.Saga;

/// <summary>
/// Reads and locks one instance by a plain command, and hands it to the context as EF would have: the query pipeline costs more than
/// the statement. Only for sagas that are one flat row; everything else is left to EF.
/// </summary>
internal sealed class SagaReader<TSaga>
    where TSaga : class, ISaga
{
    // Makes parameters only; it never runs.
    static readonly NpgsqlCommand Parameters = new();

    readonly bool _postgres;
    readonly string _statement;
    readonly RelationalTypeMapping _correlationId;
    readonly Func<DbDataReader, TSaga> _materialize;

    SagaReader(bool postgres, string statement, RelationalTypeMapping correlationId, Func<DbDataReader, TSaga> materialize)
    {
        _postgres = postgres;
        _statement = statement;
        _correlationId = correlationId;
        _materialize = materialize;
    }

    /// <summary>A reader for this context's model, or null when EF has to do it.</summary>
    public static SagaReader<TSaga>? For(DbContext context, ILockStatementProvider lockStatements)
    {
        if (lockStatements.GetType() != typeof(ProviderLockStatementProvider)
            && lockStatements.GetType() != typeof(PostgresLockStatementProvider)
            && lockStatements.GetType() != typeof(SqliteLockStatementProvider))
            return null;

        var entity = context.Model.FindEntityType(typeof(TSaga));
        if (entity is null || !IsFlat(entity) || entity.FindProperty(nameof(ISaga.CorrelationId)) is not { } correlation)
            return null;

        var postgres = DatabaseKind.Of(context) == Database.Postgres;
        var statement = lockStatements.GetRowLockStatement<TSaga>(context).Replace("{0}", postgres ? "$1" : "@p0", StringComparison.Ordinal);
        return new SagaReader<TSaga>(postgres, statement, correlation.GetRelationalTypeMapping(), Materializer(entity));
    }

    public async Task<TSaga?> Read(DbContext context, Guid correlationId, CancellationToken cancellationToken)
    {
        var command = LostTransactionInterceptor.Connection(context).CreateCommand();
        await using (command.ConfigureAwait(false))
        {
            command.CommandText = _statement;
            command.Transaction = context.Database.CurrentTransaction?.GetDbTransaction();
            if (context.Database.GetCommandTimeout() is { } timeout)
                command.CommandTimeout = timeout;
            command.Parameters.Add(_correlationId.CreateParameter(command, _postgres ? "" : "@p0", correlationId, false));
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
                return await Track(context, reader, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Writes the inbox row and locks the instance in one round trip; PostgreSQL only.</summary>
    public async Task<(bool First, TSaga? Instance)> Read(DbContext context, Guid correlationId, InboxState row, CancellationToken cancellationToken)
    {
        var batch = OutboxCommit.Batch(context);
        await using (batch.ConfigureAwait(false))
        {
            var inbox = OutboxModel.For(context).Inbox.Add(batch, row);
            var select = batch.CreateBatchCommand();
            select.CommandText = _statement;
            select.Parameters.Add(_correlationId.CreateParameter(Parameters, "", correlationId, false));
            batch.BatchCommands.Add(select);

            TSaga? instance = null;
            var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                if (inbox.RecordsAffected == 1)
                    instance = await Track(context, reader, cancellationToken).ConfigureAwait(false);
            }
            return (inbox.RecordsAffected == 1, instance);
        }
    }

    async Task<TSaga?> Track(DbContext context, DbDataReader reader, CancellationToken cancellationToken)
    {
        if (!await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            return null;

        var saga = _materialize(reader);
        context.Entry(saga).State = EntityState.Unchanged;
        return saga;
    }

    static bool IsFlat(IEntityType entity) =>
        entity.BaseType is null
        && !entity.GetDirectlyDerivedTypes().Any()
        && !entity.GetComplexProperties().Any()
        && !entity.GetServiceProperties().Any()
        && entity.GetDeclaredQueryFilters().Count == 0
        && entity.GetNavigations().All(navigation => !navigation.TargetEntityType.IsOwned() && !navigation.IsEagerLoaded)
        && entity.GetSkipNavigations().All(navigation => !navigation.IsEagerLoaded)
        && entity.GetTableMappings().Count() == 1
        && entity.GetTableMappings().Single().Table.Columns.All(column => column.PropertyMappings.Count == 1)
        && entity.GetProperties().All(property => Target(property) is not null)
        && typeof(TSaga).GetConstructor(Type.EmptyTypes) is not null;

    static MemberInfo? Target(IProperty property) => property switch
    {
        { FieldInfo: { IsInitOnly: false } field } => field,
        { PropertyInfo: { CanWrite: true } member } => member,
        _ => null,
    };

    static Func<DbDataReader, TSaga> Materializer(IEntityType entity)
    {
        var reader = Expression.Parameter(typeof(DbDataReader));
        var bindings = entity.GetTableMappings().Single().Table.Columns.Select((column, ordinal) =>
        {
            var property = column.PropertyMappings[0].Property;
            return Expression.Bind(Target(property)!, Value(property, reader, ordinal));
        });
        return Expression.Lambda<Func<DbDataReader, TSaga>>(Expression.MemberInit(Expression.New(typeof(TSaga)), bindings), reader).Compile();
    }

    static Expression Value(IProperty property, ParameterExpression reader, int ordinal)
    {
        var mapping = property.GetRelationalTypeMapping();
        var method = mapping.GetDataReaderMethod();
        Expression source = method.DeclaringType!.IsAssignableFrom(typeof(DbDataReader)) ? reader : Expression.Convert(reader, method.DeclaringType!);
        Expression value = mapping.CustomizeDataReaderExpression(Expression.Call(source, method, Expression.Constant(ordinal)));
        if (mapping.Converter is { } converter)
        {
            var convert = converter.ConvertFromProviderExpression;
            if (value.Type != convert.Parameters[0].Type)
                value = Expression.Convert(value, convert.Parameters[0].Type);
            value = Expression.Invoke(convert, value);
        }
        if (value.Type != property.ClrType)
            value = Expression.Convert(value, property.ClrType);
        return property.IsNullable
            ? Expression.Condition(Expression.Call(reader, nameof(DbDataReader.IsDBNull), null, Expression.Constant(ordinal)), Expression.Default(property.ClrType), value)
            : value;
    }
}
