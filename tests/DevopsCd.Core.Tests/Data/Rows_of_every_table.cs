using System.Collections;
using System.Data.Common;
using System.Globalization;
using DevopsCd.Core.Data;
using DevopsCd.Core.Tests.Engines;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;

namespace DevopsCd.Core.Tests.Data;

/// <summary>
/// Two rows in every table of one migration's model, a value in every column, and what a later schema has made of them. Tables and columns are
/// read from the model that was stored with the migration, so that none can be forgotten.
/// </summary>
internal sealed class Rows_of_every_table
{
    private const int RowsOfEach = 2;

    private static readonly DateTimeOffset s_first = new(2026, 11, 24, 8, 30, 0, TimeSpan.Zero);

    private readonly Dictionary<string, List<Dictionary<string, string>>> _rows = [];

    private Rows_of_every_table()
    {
    }

    public IReadOnlyCollection<string> Tables => _rows.Keys;

    /// <summary>Brings an empty database to the migration and fills it.</summary>
    public static Task<Rows_of_every_table> Fill(TestDatabase database, string migration) => Fill(database, migration, schema: migration);

    /// <summary>Brings an empty database to the newest schema and fills it as the program of the migration does, which knows nothing else.</summary>
    public static Task<Rows_of_every_table> FillNewest(TestDatabase database, string migration) => Fill(database, migration, schema: null);

    private static async Task<Rows_of_every_table> Fill(TestDatabase database, string migration, string? schema)
    {
        await using var db = database.Open();
        await db.GetService<IMigrator>().MigrateAsync(schema);
        var model = ModelOf(db, migration);
        var filled = new Rows_of_every_table();
        var values = new Dictionary<(string Table, string Column, int Row), object>();
        foreach (var table in PrincipalsFirst([.. model.GetRelationalModel().Tables]))
        {
            for (var row = 0; row < RowsOfEach; row++)
            {
                foreach (var column in table.Columns)
                    values[(table.Name, column.Name, row)] =
                        Referenced(table, column) is { } principal ? values[(principal.Table.Name, principal.Name, row)] : Value(db, column, row);
                await Insert(db, table, [.. table.Columns.Select(c => (c, values[(table.Name, c.Name, row)]))]);
            }
            filled._rows[table.Name] = await Read(db, table.Name, schema is null ? [.. table.Columns.Select(c => c.Name)] : []);
            await Rewrite(db, table);
        }
        if (schema is not null)
            (await TablesOf(db)).ShouldBe(filled._rows.Keys, ignoreOrder: true, "a table that the migration's model does not know has no rows in this test");
        filled._rows.Values.ShouldAllBe(rows => rows.Count == RowsOfEach);
        return filled;
    }

    /// <summary>What is not there any more; empty when all is.</summary>
    /// <param name="db">The database after the upgrade.</param>
    /// <param name="moved">Where migrations have carried values over to: <c>table.column</c> of this schema → of the newer one.</param>
    public async Task<List<string>> Lost(CdDbContext db, IReadOnlyDictionary<string, string> moved)
    {
        var lost = new List<string>();
        var tables = await TablesOf(db);
        var now = new Dictionary<string, List<Dictionary<string, string>>>();
        foreach (var (table, rows) in _rows)
            foreach (var column in rows[0].Keys)
            {
                var place = moved.GetValueOrDefault($"{table}.{column}", $"{table}.{column}").Split('.');
                if (!tables.Contains(place[0]))
                    lost.Add($"{table}.{column}: no table {place[0]}");
                else if ((now.TryGetValue(place[0], out var read) ? read : now[place[0]] = await Read(db, place[0])).Count != rows.Count)
                    lost.Add($"{table}.{column}: {now[place[0]].Count} of {rows.Count} rows");
                else if (!now[place[0]][0].ContainsKey(place[1]))
                    lost.Add($"{table}.{column}: no column {place[1]}");
                else
                    lost.AddRange(rows.Zip(now[place[0]], (before, after) => (Before: before[column], After: after[place[1]]))
                        .Where(row => row.Before != row.After)
                        .Select(row => $"{table}.{column}: '{row.Before}' became '{row.After}'"));
            }
        return lost;
    }

    // What the program will read afterwards must be a value of the program; any other column takes anything.
    private static object Value(CdDbContext db, IColumn column, int row)
    {
        if ((column.Table.Name, column.Name) is ("batches", "status"))
            return (short)(row == 0 ? 40 : 90);
        if (db.GetService<IDesignTimeModel>().Model.GetRelationalModel().FindTable(column.Table.Name, null)?.FindColumn(column.Name) is { } today
            && today.PropertyMappings[0].Property is { ClrType: var type } known && (Nullable.GetUnderlyingType(type) ?? type) is { IsEnum: true } names
            && Enum.GetValues(names) is var all && known.GetTypeMapping().Converter is { } converter)
            return converter.ConvertToProvider(all.GetValue(all.Length - 1 - (row % all.Length)))!;
        var property = column.PropertyMappings[0].Property;
        var number = row + 2;
        return (Nullable.GetUnderlyingType(property.ClrType) ?? property.ClrType).Name switch
        {
            nameof(String) when property.IsPrimitiveCollection => $"[\"{column.Name} {number}\"]",
            nameof(String) => Shortened($"{column.Name} {number}", property.GetMaxLength()),
            "List`1" => new List<string> { $"{column.Name} {number}" },
            nameof(Boolean) => row == 0,
            "Byte[]" => new byte[] { 0, 0xFF, (byte)number },
            nameof(Guid) => new Guid(number, 1, 2, [3, 4, 5, 6, 7, 8, 9, 10]),
            nameof(DateTimeOffset) => s_first.AddMinutes(number),
            nameof(DateTime) => s_first.AddMinutes(number).UtcDateTime,
            nameof(Int64) => (long)number,
            nameof(Int32) => number,
            nameof(Int16) => (short)number,
            _ => throw new NotSupportedException($"{column.Table.Name}.{column.Name}: no value for {property.ClrType}")
        };
    }

    private static string Shortened(string text, int? longest) => longest is { } most && text.Length > most ? text[^most..] : text;

    private static IModel ModelOf(CdDbContext db, string migration)
    {
        var assembly = db.GetService<IMigrationsAssembly>();
        var stored = assembly.CreateMigration(assembly.Migrations[migration], db.Database.ProviderName!).TargetModel;
        return db.GetService<IModelRuntimeInitializer>().Initialize(stored, designTime: true, validationLogger: null);
    }

    private static IColumn? Referenced(ITable table, IColumn column) => table.ForeignKeyConstraints
        .Where(key => key.Columns.Contains(column)).Select(key => key.PrincipalColumns[key.Columns.ToList().IndexOf(column)]).FirstOrDefault();

    private static List<ITable> PrincipalsFirst(List<ITable> tables)
    {
        var ordered = new List<ITable>();
        while (tables.FirstOrDefault(t => t.ForeignKeyConstraints.All(key => ordered.Contains((ITable)key.PrincipalTable))) is { } next)
        {
            ordered.Add(next);
            tables.Remove(next);
        }
        tables.ShouldBeEmpty("tables that refer to each other");
        return ordered;
    }

    private static async Task Insert(CdDbContext db, ITable table, List<(IColumn Column, object Value)> values)
    {
        await db.Database.OpenConnectionAsync();
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = $"""
            INSERT INTO "{table.Name}" ({string.Join(", ", values.Select(v => $"\"{v.Column.Name}\""))})
            VALUES ({string.Join(", ", values.Select((_, i) => $"@p{i}"))})
            """;
        foreach (var (index, (column, value)) in values.Index())
            command.Parameters.Add(column.PropertyMappings[0].TypeMapping.CreateParameter(command, $"@p{index}", value, column.IsNullable));
        await command.ExecuteNonQueryAsync();
    }

    private static async Task Rewrite(CdDbContext db, ITable table)
    {
        await using var command = db.Database.GetDbConnection().CreateCommand();
        var columns = table.Columns.Where(c => !IsIdentity(c)).Select(c => $"\"{c.Name}\" = \"{c.Name}\"");
        command.CommandText = $"UPDATE \"{table.Name}\" SET {string.Join(", ", columns)}";
        (await command.ExecuteNonQueryAsync()).ShouldBe(RowsOfEach);
    }

    // PostgreSQL does not let one of its own numbers be set.
    private static bool IsIdentity(IColumn column) => column.Table.PrimaryKey?.Columns is [var only] && only == column;

    private static Task<List<Dictionary<string, string>>> Read(CdDbContext db, string table, params string[] columns)
    {
        var what = columns.Length == 0 ? "*" : string.Join(", ", columns.Select(c => $"\"{c}\""));
        return Query(db, $"SELECT {what} FROM \"{table}\" ORDER BY 1, 2",
            row => Enumerable.Range(0, row.FieldCount).ToDictionary(row.GetName, i => Text(row.GetValue(i))));
    }

    private static Task<List<string>> TablesOf(CdDbContext db) => Query(
        db,
        db.Database.IsNpgsql()
            ? "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_name <> 'schema_history'"
            : "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT IN ('schema_history', '__EFMigrationsLock')",
        row => row.GetString(0));

    private static async Task<List<T>> Query<T>(CdDbContext db, string sql, Func<DbDataReader, T> of)
    {
        await db.Database.OpenConnectionAsync();
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<T>();
        while (await reader.ReadAsync())
            rows.Add(of(reader));
        return rows;
    }

    private static string Text(object value) => value switch
    {
        DBNull => "NULL",
        byte[] bytes => Convert.ToHexString(bytes),
        DateTime time => time.ToString("O", CultureInfo.InvariantCulture),
        string text => text,
        IEnumerable items => string.Join(", ", items.Cast<object>()),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!
    };
}
