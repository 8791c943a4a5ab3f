using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace DevopsCd.Testing;

/// <summary>
/// The rule of migrations: they only add. The program before runs beside the new one while a cluster is upgraded, and again after it when the
/// new one has to go, so that whatever it reads must be there and whatever it writes must be taken.
/// </summary>
public static partial class SchemaRule
{
    /// <summary>What each migration after the first takes away from the programs before it; empty when they only add.</summary>
    public static IReadOnlyList<(string Migration, string What)> Taken(DbContext db)
    {
        var assembly = db.GetService<IMigrationsAssembly>();
        return
        [
            .. assembly.Migrations.OrderBy(migration => migration.Key, StringComparer.Ordinal).Skip(1).SelectMany(migration =>
                Taken(assembly.CreateMigration(migration.Value, db.Database.ProviderName!).UpOperations).Select(what => (migration.Key, what))),
        ];
    }

    /// <summary>What these steps of one migration take away.</summary>
    public static IEnumerable<string> Taken(IReadOnlyList<MigrationOperation> steps)
    {
        var tables = steps.OfType<CreateTableOperation>().Select(table => table.Name).ToHashSet();
        var columns = steps.OfType<AddColumnOperation>().Select(column => (column.Table, column.Name)).ToHashSet();
        return steps.Select(What).OfType<string>();

        // Nobody has written to a table or column that is new.
        bool IsNew(string table, params IEnumerable<string> of) => tables.Contains(table) || of.Any(column => columns.Contains((table, column)));

        string? What(MigrationOperation step) => step switch
        {
            DropTableOperation table => $"drops {table.Name}",
            RenameTableOperation table => $"renames {table.Name}",
            DropColumnOperation column => $"drops {column.Table}.{column.Name}",
            RenameColumnOperation column => $"renames {column.Table}.{column.Name}",
            AddColumnOperation { IsNullable: false, DefaultValue: null, DefaultValueSql: null, ComputedColumnSql: null } column
                when !IsNew(column.Table) => $"demands a value for {column.Table}.{column.Name}",
            AlterColumnOperation column => Narrowed(column),
            CreateIndexOperation { IsUnique: true } index when !IsNew(index.Table, index.Columns) =>
                $"demands that {Named(index.Table, index.Columns)} is unique",
            AddUniqueConstraintOperation unique when !IsNew(unique.Table, unique.Columns) => $"demands that {Named(unique.Table, unique.Columns)} is unique",
            AddPrimaryKeyOperation key when !IsNew(key.Table, key.Columns) => $"demands that {Named(key.Table, key.Columns)} is unique",
            AddForeignKeyOperation key when !IsNew(key.Table, key.Columns) => $"demands a row in {key.PrincipalTable} for {Named(key.Table, key.Columns)}",
            AddCheckConstraintOperation check when !IsNew(check.Table) => $"demands {check.Sql} of {check.Table}",
            SqlOperation { Sql: var sql } when Taking().Match(sql) is { Success: true } word => $"says {word.Value.ToUpperInvariant()} in its SQL",
            _ => null,
        };
    }

    private static string? Narrowed(AlterColumnOperation column) => column switch
    {
        { IsNullable: false, OldColumn.IsNullable: true } => $"demands a value for {column.Table}.{column.Name}",
        { MaxLength: { } now } when column.OldColumn.MaxLength is not { } before || before > now => $"shortens {column.Table}.{column.Name}",
        _ when column.ClrType != column.OldColumn.ClrType || Bare(column.ColumnType) != Bare(column.OldColumn.ColumnType) =>
            $"changes the type of {column.Table}.{column.Name}",
        _ => null,
    };

    private static string Named(string table, IEnumerable<string> columns) => $"{table} ({string.Join(", ", columns)})";

    private static string? Bare(string? type) => type?.Split('(')[0];

    [GeneratedRegex(@"\b(drop|rename|alter|delete|truncate|trigger)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Taking();
}
