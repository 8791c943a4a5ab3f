using System.Data.Common;
using System.Linq.Expressions;
using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace MassTransit.EntityFrameworkCoreIntegration.Saga;

/// <summary>
/// Reads and locks one instance by a plain command, and hands it to the context as EF would have: the query pipeline costs more than
/// the statement. Only for sagas that are one row, complex types included; everything else is left to EF, and the log says so.
/// </summary>
internal sealed class SagaReader<TSaga>
    where TSaga : class, ISaga
{
    // Makes parameters only; it never runs.
    private static readonly NpgsqlCommand s_parameters = new();

    private readonly bool _postgres;
    private readonly string _statement;
    private readonly RelationalTypeMapping _key;
    private readonly Func<DbDataReader, TSaga> _materialize;

    private SagaReader(bool postgres, string statement, RelationalTypeMapping key, Func<DbDataReader, TSaga> materialize)
    {
        _postgres = postgres;
        _statement = statement;
        _key = key;
        _materialize = materialize;
    }

    /// <summary>A reader for this context's model, or null when EF has to do it.</summary>
    /// <param name="context">The context.</param>
    /// <param name="lockStatements">The statement that reads and locks.</param>
    /// <param name="key">The property by which an instance is found.</param>
    public static SagaReader<TSaga>? For(DbContext context, ILockStatementProvider lockStatements, string key = nameof(ISaga.CorrelationId))
    {
        if (lockStatements.GetType() != typeof(ProviderLockStatementProvider)
            && lockStatements.GetType() != typeof(PostgresLockStatementProvider)
            && lockStatements.GetType() != typeof(SqliteLockStatementProvider))
            return null;

        if (context.Model.FindEntityType(typeof(TSaga)) is not { } entity)
            return null;
        if (Obstacle(entity) is { } obstacle)
        {
            context.GetService<ILoggerFactory>().CreateLogger(typeof(SagaReader<>).Namespace!).ReadByQueries(typeof(TSaga).Name, obstacle);
            return null;
        }

        var postgres = DatabaseKind.Of(context) == Database.Postgres;
        var statement = lockStatements.GetRowLockStatement<TSaga>(context, key).Replace("{0}", postgres ? "$1" : "@p0", StringComparison.Ordinal);
        return new SagaReader<TSaga>(postgres, statement, entity.GetProperty(key).GetRelationalTypeMapping(), Materializer(entity));
    }

    /// <summary>Locks and reads the instance.</summary>
    /// <param name="context">In a transaction.</param>
    /// <param name="key">The value of the property by which this reader finds instances.</param>
    /// <param name="known">The instance as the context tracks it: it is locked and given as it is.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<TSaga?> LockAsync(DbContext context, object key, TSaga? known, CancellationToken cancellationToken)
    {
        var command = LostTransactionInterceptor.Connection(context).CreateCommand();
        await using (command.ConfigureAwait(false))
        {
            command.CommandText = _statement;
            command.Transaction = context.Database.CurrentTransaction?.GetDbTransaction();
            if (context.Database.GetCommandTimeout() is { } timeout)
                command.CommandTimeout = timeout;
            command.Parameters.Add(_key.CreateParameter(command, _postgres ? "" : "@p0", key, false));
            // What is tracked may have been locked by this transaction before: whoever has the turn may wait for just that.
            using var turn = known is null ? await TurnAsync(context, key, cancellationToken).ConfigureAwait(false) : default;
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
                return known is null
                    ? await TrackAsync(context, reader, cancellationToken).ConfigureAwait(false)
                    : await reader.ReadAsync(cancellationToken).ConfigureAwait(false) ? known : null;
        }
    }

    /// <summary>The same, and reads queries after the lock; on PostgreSQL in one round trip.</summary>
    public async Task<TSaga?> LockAsync(DbContext context, object key, TSaga? known, QueryBatch queries, CancellationToken cancellationToken)
    {
        if (known is not null || !_postgres)
        {
            var locked = await LockAsync(context, key, known, cancellationToken).ConfigureAwait(false);
            await queries.ReadOneByOneAsync(cancellationToken).ConfigureAwait(false);
            return locked;
        }

        var batch = OutboxCommit.Batch(context);
        await using (batch.ConfigureAwait(false))
        {
            AddTo(batch, key);
            queries.AddTo(batch);

            using var turn = await TurnAsync(context, key, cancellationToken).ConfigureAwait(false);
            var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                var instance = await TrackAsync(context, reader, cancellationToken).ConfigureAwait(false);
                await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
                await queries.ReadAsync(reader, cancellationToken).ConfigureAwait(false);
                return instance;
            }
        }
    }

    /// <summary>Writes the inbox row, locks the instance and reads queries after that, in one round trip; PostgreSQL only.</summary>
    /// <returns>Whether the message is the first of its id; else nothing has been read.</returns>
    public async Task<(bool First, TSaga? Instance)> ReadAsync(
        DbContext context, Guid correlationId, InboxState row, QueryBatch queries, CancellationToken cancellationToken)
    {
        var batch = OutboxCommit.Batch(context);
        await using (batch.ConfigureAwait(false))
        {
            var inbox = OutboxModel.For(context).Inbox.Add(batch, row);
            AddTo(batch, correlationId);
            queries.AddTo(batch);

            TSaga? instance = null;
            using var turn = await TurnAsync(context, correlationId, cancellationToken).ConfigureAwait(false);
            var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                if (inbox.RecordsAffected == 1)
                {
                    instance = await TrackAsync(context, reader, cancellationToken).ConfigureAwait(false);
                    await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
                    await queries.ReadAsync(reader, cancellationToken).ConfigureAwait(false);
                }
            }
            return (inbox.RecordsAffected == 1, instance);
        }
    }

    /// <summary>The turn to lock an instance.</summary>
    internal static ValueTask<RowTurns.Turn> TurnAsync(DbContext context, object key, CancellationToken cancellationToken) =>
        RowTurns.WaitAsync(context, $"{typeof(TSaga).Name} {key}", cancellationToken);

    private void AddTo(DbBatch batch, object key)
    {
        var select = batch.CreateBatchCommand();
        select.CommandText = _statement;
        select.Parameters.Add(_key.CreateParameter(s_parameters, "", key, false));
        batch.BatchCommands.Add(select);
    }

    private async Task<TSaga?> TrackAsync(DbContext context, DbDataReader reader, CancellationToken cancellationToken)
    {
        if (!await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            return null;

        var saga = _materialize(reader);
        context.Entry(saga).State = EntityState.Unchanged;
        return saga;
    }

    /// <summary>What keeps a saga from being read here, for the log; null when nothing does.</summary>
    private static string? Obstacle(IEntityType entity) => entity switch
    {
        _ when entity.BaseType is not null || entity.GetDirectlyDerivedTypes().Any() => "it is part of a hierarchy",
        _ when entity.GetServiceProperties().Any() => "it has a service property",
        _ when entity.GetDeclaredQueryFilters().Count > 0 => "it has a query filter",
        _ when entity.GetNavigations().Any(navigation => navigation.TargetEntityType.IsOwned() || navigation.IsEagerLoaded)
            || entity.GetSkipNavigations().Any(navigation => navigation.IsEagerLoaded) => "it has an owned or always included navigation",
        _ when entity.GetTableMappings().Count() != 1 => "it is not in exactly one table",
        _ when entity.GetTableMappings().Single().Table.Columns.Any(column => column.PropertyMappings.Count != 1) => "its table has columns of others",
        _ when entity.FindProperty(nameof(ISaga.CorrelationId)) is null => "its correlation id is not stored",
        _ => Obstacle((ITypeBase)entity),
    };

    /// <summary>The same for the instance's type and for every complex type in it.</summary>
    private static string? Obstacle(ITypeBase type) =>
        type.ClrType is { IsValueType: false } && type.ClrType.GetConstructor(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic, []) is null
            ? $"{type.DisplayName()} has no constructor without parameters"
        : type.GetProperties().FirstOrDefault(property => Target(property) is null) is { } property
            ? $"{type.DisplayName()}.{property.Name} cannot be set"
        : type.GetComplexProperties()
            .FirstOrDefault(complex => complex.IsCollection || complex.IsNullable || complex.ComplexType.IsMappedToJson() || Target(complex) is null) is { } odd
            ? $"{type.DisplayName()}.{odd.Name} is optional, a list, JSON or cannot be set"
        : type.GetComplexProperties().Select(complex => Obstacle(complex.ComplexType)).FirstOrDefault(obstacle => obstacle is not null);

    private static MemberInfo? Target(IPropertyBase property) => property switch
    {
        { FieldInfo: { IsInitOnly: false } field } => field,
        { PropertyInfo: { CanWrite: true } member } => member,
        _ => null,
    };

    private static Func<DbDataReader, TSaga> Materializer(IEntityType entity)
    {
        var reader = Expression.Parameter(typeof(DbDataReader));
        var ordinals = entity.GetTableMappings().Single().Table.Columns
            .Select((column, ordinal) => (column.PropertyMappings[0].Property, ordinal)).ToDictionary(at => at.Property, at => at.ordinal);
        return Expression.Lambda<Func<DbDataReader, TSaga>>(Instance(entity, ordinals, reader), reader).Compile();
    }

    private static MemberInitExpression Instance(ITypeBase type, Dictionary<IProperty, int> ordinals, ParameterExpression reader)
    {
        var constructor = type.ClrType.GetConstructor(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic, []);
        return Expression.MemberInit(
            constructor is null ? Expression.New(type.ClrType) : Expression.New(constructor),
            [
                .. type.GetProperties().Select(property => Expression.Bind(Target(property)!, Value(property, reader, ordinals[property]))),
                .. type.GetComplexProperties().Select(complex => Expression.Bind(Target(complex)!, Instance(complex.ComplexType, ordinals, reader))),
            ]);
    }

    private static Expression Value(IProperty property, ParameterExpression reader, int ordinal)
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
            ? Expression.Condition(Expression.Call(reader, nameof(DbDataReader.IsDBNull), null, Expression.Constant(ordinal)),
                Expression.Default(property.ClrType), value)
            : value;
    }
}
