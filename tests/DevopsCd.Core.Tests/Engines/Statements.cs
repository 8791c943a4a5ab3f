using System.Collections.Concurrent;
using System.Data.Common;
using DevopsCd.Core.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace DevopsCd.Core.Tests.Engines;

/// <summary>The statements that an engine has its database run, with their parameters.</summary>
internal sealed class Statements : DbCommandInterceptor
{
    private readonly ConcurrentQueue<(string Text, IReadOnlyList<NpgsqlParameter> Parameters)> _seen = new();

    public int Count => _seen.Count;

    /// <summary>Has an engine that is started with it tell its statements.</summary>
    public void Hear(IServiceCollection services) => services
        .ConfigureDbContext<PostgresCdDbContext>(db => db.AddInterceptors(this))
        .ConfigureDbContext<SqliteCdDbContext>(db => db.AddInterceptors(this));

    /// <summary>Forgets what was so far.</summary>
    public void Forget() => _seen.Clear();

    /// <summary>How PostgreSQL would run each of them that reads or removes rows of a table now.</summary>
    public async Task<IReadOnlyList<string>> PlansAsync(TestDatabase database, string table)
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        var plans = new List<string>();
        foreach (var (text, parameters) in _seen.Where(s => s.Text.Contains($"FROM {table} ") && (s.Text.StartsWith("SELECT") || s.Text.StartsWith("DELETE"))))
        {
            await using var command = new NpgsqlCommand("EXPLAIN " + text, connection);
            foreach (var parameter in parameters)
                command.Parameters.Add(parameter.Clone());
            await using var rows = await command.ExecuteReaderAsync();
            var plan = new List<string> { text };
            while (await rows.ReadAsync())
                plan.Add(rows.GetString(0));
            plans.Add(string.Join('\n', plan));
        }
        return plans;
    }

    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
    {
        Add(command);
        return ValueTask.FromResult(result);
    }

    public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        Add(command);
        return ValueTask.FromResult(result);
    }

    private void Add(DbCommand command) => _seen.Enqueue((command.CommandText, [.. command.Parameters.OfType<NpgsqlParameter>().Select(p => p.Clone())]));
}
