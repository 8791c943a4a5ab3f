using DevopsCd.Core.Access;
using DevopsCd.Core.Batches.Delivery;
using DevopsCd.Core.Data;
using DevopsCd.Core.Tests.Engines;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace DevopsCd.Core.Tests.Data;

/// <summary>What is asked all the time reads what is new or open, by an index, however much there was before.</summary>
public sealed class Tables_of_many_old_rows
{
    private const int Rows = 20_000;

    [Fact]
    public async Task Are_not_looked_through_by_a_scan()
    {
        var statements = new Statements();
        await using var engine = await Filled(statements);

        await engine.Scan();

        await ShouldNotLookThrough(engine, statements, "deployments", "builds", "gate_runs");
    }

    [Fact]
    public async Task Are_not_looked_through_to_say_how_delivery_goes()
    {
        var statements = new Statements();
        await using var engine = await Filled(statements);

        await engine.Do<DeliveryReport>(report => report.ReadAsync(Visible.Everything, null, null, null, default));

        await ShouldNotLookThrough(engine, statements, "deployments", "builds", "batch_events");
    }

    /// <summary>The newest build of a branch is the first of an index, behind which are those that were just removed.</summary>
    [Fact]
    public async Task Are_not_looked_through_for_each_that_is_removed()
    {
        var statements = new Statements();
        await using var engine = await Filled(statements);

        (await engine.Services.GetRequiredService<OldRows<Build>>().CleanAsync(default)).ShouldBe(1000);

        var plans = await statements.PlansAsync(engine.Database, "builds");
        plans.ShouldNotBeEmpty();
        const string newest = "Index Cond: ((application_name = b.application_name) AND (branch = b.branch) AND (ordered_at >= b.ordered_at))";
        plans.ShouldAllBe(plan => plan.Contains(newest));
    }

    private static async Task ShouldNotLookThrough(Engine engine, Statements statements, params string[] tables)
    {
        foreach (var table in tables)
        {
            var plans = await statements.PlansAsync(engine.Database, table);
            plans.ShouldNotBeEmpty(table);
            foreach (var plan in plans)
                tables.Where(large => plan.Contains($"Seq Scan on {large}")).ShouldBeEmpty(plan);
        }
    }

    /// <summary>A release, and very many rows of long ago; of the builds a thousand are old enough to be removed.</summary>
    private static async Task<Engine> Filled(Statements statements)
    {
        var engine = await Engine.Start(statements.Hear, "postgres", ("retention:builds", "30d"));
        await engine.AcceptedBatch("api");
        await using var connection = new NpgsqlConnection(engine.Database.ConnectionString);
        await connection.OpenAsync();
        foreach (var sql in (string[])
        [
            Copies("builds", "'build_number', (1000 + n)::text, 'run_number', (1000 + n)::text, 'image_tag', '0.' || n,"
                + $"'received_at', {Past("n > 1000")}, 'ordered_at', {Ago}, 'finished_at', null"),
            Copies("deployments", $"'operation_id', 'old-' || n, 'attempt', n, 'started_at', {Ago}, 'finished_at', {Ago}", "stage = 'prod'"),
            Copies("batch_events", $"'batch_id', 1000000 + n, 'batch_correlation_id', gen_random_uuid(), 'message_id', null, 'at', {Ago}",
                "event = 'prod_deploy_completed'"),
            "INSERT INTO gate_runs (batch_id, batch_correlation_id, project, name, point, kind, definition, content_hash, attempt, round, status, created_at,"
                + " tries) SELECT b.id, b.correlation_id, 'default', 'ops', 'before_pre', 'manual', '{}', n::text, 1, 0, 'passed', now(), 0"
                + $" FROM batches b, generate_series(1, {Rows}) n",
            "ANALYZE"
        ])
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync();
        }
        // The first scan of all looks at every build; those after it, at what is new.
        await engine.Scan();
        statements.Forget();
        return engine;
    }

    private const string Ago = "'2025-06-01T00:00:00Z'::timestamptz + n * interval '1 second'";

    private static string Past(string isYoung) => $"CASE WHEN {isYoung} THEN '2026-03-01T00:00:00Z'::timestamptz ELSE {Ago} END";

    private static string Copies(string table, string changes, string where = "true") =>
        $"INSERT INTO {table} SELECT (x.r).* FROM (SELECT jsonb_populate_record(null::{table}, t || jsonb_build_object('id', 1000000 + n, {changes})) r"
        + $" FROM (SELECT to_jsonb(o) t FROM {table} o WHERE {where} LIMIT 1) one, generate_series(1, {Rows}) n OFFSET 0) x";
}
