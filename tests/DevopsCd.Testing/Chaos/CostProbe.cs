using Npgsql;

namespace DevopsCd.Testing.Chaos;

/// <summary>Looks into a database, and counts its own looks, so that they are not taken for somebody else's work.</summary>
internal sealed class CostProbe(PostgresDatabase database) : IAsyncDisposable
{
    /// <summary>Begins each of its statements: PostgreSQL keeps it with the statement's counters.</summary>
    public const string Mark = "/* look */";

    private readonly NpgsqlDataSource _source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database.ConnectionString) { NoResetOnClose = true });

    private int _looks;

    /// <summary>So far, each of them a transaction.</summary>
    public int Looks => _looks;

    /// <summary>Every row, read by <paramref name="read"/>; <c>$1, $2</c> stand for the values.</summary>
    public async Task<IReadOnlyList<T>> QueryAsync<T>(string sql, Func<NpgsqlDataReader, T> read, params object[] values)
    {
        Interlocked.Increment(ref _looks);
        await using var command = _source.CreateCommand($"{Mark} {sql}");
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        await using var rows = await command.ExecuteReaderAsync().ConfigureAwait(false);
        var result = new List<T>();
        while (await rows.ReadAsync().ConfigureAwait(false)) result.Add(read(rows));
        return result;
    }

    /// <summary>The single value of a query that gives one row.</summary>
    public async Task<T> ScalarAsync<T>(string sql, params object[] values) =>
        (await QueryAsync(sql, row => row.GetFieldValue<T>(0), values).ConfigureAwait(false)).Single();

    public ValueTask DisposeAsync() => _source.DisposeAsync();
}
