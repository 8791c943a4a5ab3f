using System.Globalization;
using DevopsCd.Core.Builds;
using DevopsCd.Core.Data;
using DevopsCd.Core.Tests.Engines;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace DevopsCd.Core.Tests.Scanning;

/// <summary>Rows written behind the engine's back: the scan is the net that finds them (R2).</summary>
public sealed class A_build_that_nobody_reported
{
    public static TheoryData<string> Databases => ["postgres", "sqlite"];

    [Theory, MemberData(nameof(Databases))]
    public async Task Is_found_by_the_scan(string database)
    {
        await using var engine = await Engine.Start(database);
        var batch = await engine.Batch("api", "web");
        await engine.Scan();
        await Insert(engine, "api", 2);

        var result = await engine.Scan();

        result.ShouldNotBeNull().Refreshed.ShouldBe(["api"]);
        (await engine.Release(batch, "api")).ImageTag.ShouldBe("1.0.2");
        (await engine.Release(batch, "web")).ImageTag.ShouldBe("1.0.1");
        (await engine.Scan())!.Refreshed.ShouldBeEmpty();
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Is_found_where_only_the_release_was_left_behind(string database)
    {
        await using var engine = await Engine.Start(database);
        var batch = await engine.Batch("api");
        await engine.Scan();
        await engine.Build(Engine.BuildOf("api", "2", engine.Now.AddMinutes(1)));
        var first = await engine.Read(db => db.Builds.SingleAsync(b => b.BuildNumber == "1"));
        await engine.Read(db => db.Releases.ExecuteUpdateAsync(set => set.SetProperty(r => r.BuildId, first.Id).SetProperty(r => r.ImageTag, first.ImageTag)));

        (await engine.Scan())!.Refreshed.ShouldBe(["api"]);

        (await engine.Release(batch, "api")).ImageTag.ShouldBe("1.0.2");
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Only_moves_the_latest_of_a_pinned_release(string database)
    {
        await using var engine = await Engine.Start(database);
        await engine.Application("api");
        await engine.Build("api", "1");
        var row = await engine.Create(new Contracts.ReleaseItem { Application = "api", BuildNumber = "1" });
        await engine.Scan();
        await Insert(engine, "api", 2);

        (await engine.Scan())!.Refreshed.ShouldBeEmpty();

        var release = await engine.Release(await engine.Find(row.BatchCorrelationId), "api");
        (release.ImageTag, release.LatestBuild!.BuildNumber).ShouldBe(("1.0.1", "2"));
    }

    /// <summary>The first look of function 1 reads the partial index that holds only what is stale.</summary>
    [Fact]
    public async Task Costs_what_is_stale_and_not_how_many_batches_there_are()
    {
        await using var engine = await Engine.Start("postgres");
        await engine.Batch("api");
        await Fill(engine.Database, 20_000);
        await Insert(engine, "api", 2);

        var plan = await Explain(engine.Database);

        plan.ShouldContain($"Index Scan using {await PartialIndex(engine.Database)} on batch_releases", customMessage: plan);
        plan.ShouldNotContain("Seq Scan on batch_releases", customMessage: plan);
    }

    private static async Task<string> PartialIndex(TestDatabase database) => (await Rows(database,
        "SELECT indexname::text FROM pg_indexes WHERE tablename = 'batch_releases' AND indexdef LIKE '%WHERE%build_id <> latest_build_id%'")).ShouldHaveSingleItem();

    private static async Task<string> Explain(TestDatabase database)
    {
        await using var db = database.Open();
        var sql = db.Releases
            .Where(r => r.IsOpen && !r.IsLocked && r.PinnedBy == null && r.LatestBuildId != null && (r.BuildId == null || r.BuildId != r.LatestBuildId))
            .Select(r => new { r.AppId, r.App.Name, r.Branch }).ToQueryString();
        return string.Join('\n', await Rows(database, "EXPLAIN " + sql));
    }

    private static async Task<List<string>> Rows(TestDatabase database, string sql)
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await using var rows = await command.ExecuteReaderAsync();
        var lines = new List<string>();
        while (await rows.ReadAsync())
            lines.Add(rows.GetString(0));
        return lines;
    }

    private static Task Insert(Engine engine, string application, int number) => engine.Do<CdDbContext>(async db =>
    {
        var app = await db.Applications.SingleAsync(a => a.Name == application);
        var at = engine.Now.AddMinutes(number);
        db.Builds.Add(new Build
        {
            ApplicationId = app.Id,
            ApplicationName = application,
            BuildNumber = number.ToString(CultureInfo.InvariantCulture),
            RunNumber = number.ToString(CultureInfo.InvariantCulture),
            Branch = "main",
            CommitId = $"c{number}",
            ImageName = $"registry.example/{application}",
            ImageTag = $"1.0.{number}",
            BuildStatus = Contracts.BuildStatus.Success,
            FinishedAt = at,
            OrderedAt = at,
            ReceivedAt = at
        });
        await db.SaveChangesAsync();
    });

    /// <summary>Open releases that stand at their newest build, each of an application of its own.</summary>
    private static async Task Fill(TestDatabase database, int count)
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        foreach (var sql in (string[])
        [
            $"INSERT INTO applications (id, name, app_type, default_branch, depends_on, created_at) OVERRIDING SYSTEM VALUE SELECT 100000 + i, 'app' || i, '', 'main', '{{}}', now() FROM generate_series(1, {count}) i",
            $"INSERT INTO builds (id, application_id, application_name, build_number, run_number, branch, commit_id, image_name, image_tag, build_status, ordered_at, received_at) OVERRIDING SYSTEM VALUE SELECT 100000 + i, 100000 + i, 'app' || i, '1', '1', 'main', 'c', 'i', 't', 'success', now(), now() FROM generate_series(1, {count}) i",
            $"INSERT INTO batch_releases (batch_id, app_id, branch, build_id, latest_build_id, is_locked, depends_on, pre_status, prod_status) SELECT (SELECT min(id) FROM batches), 100000 + i, 'main', 100000 + i, 100000 + i, false, '{{}}', 'none', 'none' FROM generate_series(1, {count}) i",
            "ANALYZE"
        ])
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync();
        }
    }
}
