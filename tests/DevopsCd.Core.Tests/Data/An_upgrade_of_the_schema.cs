using DevopsCd.Core.Data;
using DevopsCd.Core.Tests.Engines;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace DevopsCd.Core.Tests.Data;

/// <summary>From the schema of each migration to the newest, with rows in every table.</summary>
public sealed class An_upgrade_of_the_schema
{
    /// <summary>
    /// Where migrations have carried values over to, <c>table.column</c> → <c>table.column</c>. Whoever renames a column or moves it says so here;
    /// what is dropped for good has no place to be named, and needs a reason that this test is changed for.
    /// </summary>
    private static readonly Dictionary<string, string> s_moved = [];

    public static TheoryData<string, string> Versions()
    {
        var versions = new TheoryData<string, string>();
        foreach (var (provider, db) in new (string, CdDbContext)[] { ("postgres", new PostgresDesignTime().CreateDbContext([])),
            ("sqlite", new SqliteDesignTime().CreateDbContext([])) })
            using (db)
                versions.AddRange([.. db.Database.GetMigrations().Select(m => new TheoryDataRow<string, string>(provider, m))]);
        return versions;
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Loses_nothing(string provider, string version)
    {
        await using var database = await TestDatabase.CreateEmpty(provider);
        var rows = await Rows_of_every_table.Fill(database, version);

        await using var db = database.Open();
        await db.Database.MigrateAsync(TestContext.Current.CancellationToken);

        (await rows.Lost(db, s_moved)).ShouldBeEmpty();
        db.Database.HasPendingModelChanges().ShouldBeFalse();
        foreach (var entity in db.Model.GetEntityTypes().Where(e => rows.Tables.Contains(e.GetTableName())))
            Read(db, entity).Count.ShouldBe(2, $"the program reads its {entity.GetTableName()}");
    }

    /// <summary>It runs beside the new one during an upgrade, and again after it when the new one has to go.</summary>
    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Leaves_the_program_before_it_at_work(string provider, string version)
    {
        await using var database = await TestDatabase.CreateEmpty(provider);

        var rows = await Rows_of_every_table.FillNewest(database, version);

        await using var db = database.Open();
        foreach (var entity in db.Model.GetEntityTypes().Where(e => rows.Tables.Contains(e.GetTableName())))
            Read(db, entity).Count.ShouldBe(2, $"the newest program reads what an older one wrote to {entity.GetTableName()}");
    }

    /// <summary>The check itself: what a careless migration would do.</summary>
    [Theory]
    [InlineData("ALTER TABLE builds DROP COLUMN link", "builds.link: no column link")]
    [InlineData("ALTER TABLE builds RENAME COLUMN link TO page", "builds.link: no column pages", "builds.link", "builds.pages")]
    [InlineData("ALTER TABLE builds RENAME COLUMN link TO page", null, "builds.link", "builds.page")]
    [InlineData("ALTER TABLE builds ADD COLUMN page text NOT NULL DEFAULT ''", null)]
    [InlineData("UPDATE batch_releases SET branch = 'main' WHERE branch = 'branch 3'", "batch_releases.branch: 'branch 3' became 'main'")]
    [InlineData("DELETE FROM parked_actions WHERE operator = 'operator 2'", "parked_actions.id: 1 of 2 rows")]
    [InlineData("DROP TABLE counters", "counters.name: no table counters")]
    public async Task Tells_what_it_loses(string change, string? lost, string? from = null, string? to = null)
    {
        foreach (var provider in (string[])["postgres", "sqlite"])
        {
            await using var database = await TestDatabase.CreateEmpty(provider);
            await using var db = database.Open();
            var rows = await Rows_of_every_table.Fill(database, db.Database.GetMigrations().Last());

            await db.Database.ExecuteSqlRawAsync(change, TestContext.Current.CancellationToken);

            var found = await rows.Lost(db, from is null ? s_moved : new Dictionary<string, string> { [from] = to! });
            if (lost is null)
                found.ShouldBeEmpty(provider);
            else
                found.ShouldContain(lost, provider);
        }
    }

    private static List<object> Read(CdDbContext db, IEntityType entity) => [.. ((IQueryable<object>)typeof(DbContext).GetMethod(nameof(DbContext.Set), [])!
        .MakeGenericMethod(entity.ClrType).Invoke(db, null)!).AsNoTracking()];
}
