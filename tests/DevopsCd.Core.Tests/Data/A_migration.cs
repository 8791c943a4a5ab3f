using DevopsCd.Core.Data;
using DevopsCd.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace DevopsCd.Core.Tests.Data;

/// <summary>Of the engine's tables. See <see cref="SchemaRule" />.</summary>
public sealed class A_migration
{
    /// <summary>What is no loss for the program before, although it looks like one: migration's name, what it does → why.</summary>
    private static readonly Dictionary<(string, string), string> s_harmless = new()
    {
        [("RemovedApplications", "demands that applications (name) is unique")] = "it was so before, and removed ones are excepted now",
    };

    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public void Only_adds_unless_it_names_the_migration_whose_program_does_without(string provider)
    {
        using CdDbContext db = provider == "postgres" ? new PostgresDesignTime().CreateDbContext([]) : new SqliteDesignTime().CreateDbContext([]);

        SchemaRule.Taken(db).Where(taken => SchemaAge.NeedsOf(taken.Migration) is null
            && !s_harmless.ContainsKey((taken.Migration[(taken.Migration.IndexOf('_', StringComparison.Ordinal) + 1)..], taken.What))).ShouldBeEmpty();
        var known = db.Database.GetMigrations().ToList();
        foreach (var contract in known.Where(migration => SchemaAge.NeedsOf(migration) is not null))
            known.TakeWhile(migration => migration != contract).Select(SchemaAge.Stamp).ShouldContain(SchemaAge.NeedsOf(contract)!, contract);
    }

    [Theory]
    [InlineData("29991231000000_Adds", null)]
    [InlineData("29991231000000_DropLink_after_20261201033627", null)]
    [InlineData("29991231000000_DropLink_after_20270101000000",
        "the database was written by a newer version (its schema has '29991231000000_DropLink_after_20270101000000'). Start that version, or restore a backup of the database from before it.")]
    [InlineData("20261130000000_Of_another_branch", null)]
    public void Of_a_newer_version_keeps_an_older_program_away_only_where_it_takes_what_that_one_uses(string migration, string? why)
    {
        List<string> known = ["20261129190000_Initial", "20261201033627_AuditChain"];

        SchemaAge.Refusal(known, [.. known, migration]).ShouldBe(why);
        SchemaAge.Refusal(known, [known[0], migration]).ShouldBe(why);
    }

    public static TheoryData<MigrationOperation, string?> Steps() => new()
    {
        { new DropTableOperation { Name = "builds" }, "drops builds" },
        { new RenameTableOperation { Name = "builds", NewName = "images" }, "renames builds" },
        { new DropColumnOperation { Table = "builds", Name = "link" }, "drops builds.link" },
        { new RenameColumnOperation { Table = "builds", Name = "link", NewName = "page" }, "renames builds.link" },
        { new AddColumnOperation { Table = "builds", Name = "page", ClrType = typeof(string) }, "demands a value for builds.page" },
        { new AddColumnOperation { Table = "builds", Name = "page", ClrType = typeof(string), IsNullable = true }, null },
        { new AddColumnOperation { Table = "builds", Name = "page", ClrType = typeof(string), DefaultValue = "" }, null },
        { Altered(column => column.IsNullable = false), "demands a value for builds.link" },
        { Altered(column => column.MaxLength = 10), "shortens builds.link" },
        { Altered(column => column.MaxLength = 100), null },
        { Altered(column => column.ColumnType = "integer"), "changes the type of builds.link" },
        { new CreateIndexOperation { Table = "builds", Columns = ["link"], IsUnique = true }, "demands that builds (link) is unique" },
        { new CreateIndexOperation { Table = "builds", Columns = ["link"] }, null },
        { new AddForeignKeyOperation { Table = "builds", Columns = ["link"], PrincipalTable = "links" }, "demands a row in links for builds (link)" },
        { new AddCheckConstraintOperation { Table = "builds", Sql = "link <> ''" }, "demands link <> '' of builds" },
        { new SqlOperation { Sql = "alter table builds add page text not null" }, "says ALTER in its SQL" },
        { new SqlOperation { Sql = "UPDATE builds SET page = '' WHERE page IS NULL" }, null },
        { new DropIndexOperation { Table = "builds", Name = "ix_builds_link" }, null },
    };

    /// <summary>The rule itself.</summary>
    [Theory, MemberData(nameof(Steps), DisableDiscoveryEnumeration = true)]
    public void Is_known_by_what_it_takes(MigrationOperation step, string? what) =>
        SchemaRule.Taken([step]).ShouldBe(what is null ? [] : [what]);

    [Fact]
    public void May_demand_anything_of_what_is_new() => SchemaRule.Taken(
    [
        new CreateTableOperation { Name = "links" },
        new CreateIndexOperation { Table = "links", Columns = ["page"], IsUnique = true },
        new AddColumnOperation { Table = "builds", Name = "page", ClrType = typeof(string), IsNullable = true },
        new CreateIndexOperation { Table = "builds", Columns = ["id", "page"], IsUnique = true },
    ]).ShouldBeEmpty();

    private static AlterColumnOperation Altered(Action<AlterColumnOperation> change)
    {
        var column = new AlterColumnOperation
        {
            Table = "builds",
            Name = "link",
            ClrType = typeof(string),
            ColumnType = "text",
            IsNullable = true,
            MaxLength = 50,
        };
        column.OldColumn = new AddColumnOperation { ClrType = typeof(string), ColumnType = "text", IsNullable = true, MaxLength = 50 };
        change(column);
        return column;
    }
}
