using DevopsCd.Testing;
using DevopsCd.Testing.Hosting;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace DevopsCd.Host.Tests.Api;

/// <summary>A newer version has been here, or a host that did not come to the end of it.</summary>
public sealed class A_start_on_another_schema
{
    private const string NewerAdds =
        """
        ALTER TABLE builds ADD COLUMN page text NOT NULL DEFAULT '';
        CREATE TABLE pages (id bigint PRIMARY KEY);
        INSERT INTO schema_history VALUES ('29991231000000_Pages', '20');
        INSERT INTO access_schema_history VALUES ('29991231000000_Access', '20');
        """;

    private const string NewerTakes = "INSERT INTO schema_history VALUES ('30000101000000_DropLink_after_29991231000000', '20')";

    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task Of_a_newer_version_works_until_that_takes_away_what_this_one_uses(string provider)
    {
        await using var database = provider == "postgres" ? await PostgresDatabase.CreateAsync() : null;
        var settings = HostSettings.Embedded();
        if (database is not null)
            settings.With("core__storage__provider", "postgres").With("core__storage__connection_string", database.ConnectionString);
        await using var host = await HostProcess.StartNewAsync("older", settings);
        await CdApi.Patient(host.Http).Register("before", "pre");
        await host.StopAsync();

        await Execute(NewerAdds);
        await host.StartAsync();
        await CdApi.Patient(host.Http).Register("after", "pre");
        host.LogTail.ShouldContain("29991231000000_Pages");
        await host.StopAsync();

        await Execute(NewerTakes);
        host.Launch();
        (await host.UntilEndedAsync()).ShouldBe(2);
        host.LogTail.ShouldContain("written by a newer version (its schema has '30000101000000_DropLink_after_29991231000000'). Start that version");

        async Task Execute(string sql)
        {
            if (database is not null)
            {
                await database.ExecuteAsync(sql);
                return;
            }
            await using var connection = new SqliteConnection($"Data Source={Path.Combine(host.Folder, "data", "devopscd.db")};Pooling=False");
            await connection.OpenAsync();
            await using var command = new SqliteCommand(sql, connection);
            await command.ExecuteNonQueryAsync();
        }
    }

    /// <summary>In the first of the engine's migrations, in a later one, and in those of logging in.</summary>
    [Theory, InlineData("batches"), InlineData("audit_chains"), InlineData("access_sessions")]
    public async Task That_a_killed_host_was_making_makes_all_of_it(string table)
    {
        await using var whole = await PostgresDatabase.CreateAsync();
        await using var database = await PostgresDatabase.CreateAsync();
        await using (var first = await HostProcess.StartNewAsync("whole", On(whole)))
            await first.Kill9Async();
        // Whoever makes the table waits for the test.
        await database.ExecuteAsync(
            $$"""
            CREATE FUNCTION wait_for_test() RETURNS event_trigger LANGUAGE plpgsql AS $body$
            BEGIN
              IF EXISTS (SELECT 1 FROM pg_event_trigger_ddl_commands() WHERE object_identity = 'public.{{table}}') THEN
                PERFORM pg_advisory_xact_lock_shared(4711);
              END IF;
            END $body$;
            CREATE EVENT TRIGGER waits ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION wait_for_test();
            """);

        await using var killed = new HostProcess("killed", On(database));
        await using var next = new HostProcess("next", On(database));
        await using (var gate = new NpgsqlConnection(database.ConnectionString + ";Pooling=False"))
        {
            await gate.OpenAsync(TestContext.Current.CancellationToken);
            await using var close = new NpgsqlCommand("SELECT pg_advisory_lock(4711)", gate);
            await close.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            killed.Launch();
            await Eventually.IsTrue(async () => await database.ScalarAsync<long>(
                """
                SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
                WHERE locktype = 'advisory' AND objid = 4711 AND NOT granted AND datname = current_database()
                """) == 1,
                $"the host makes {table}", TimeSpan.FromMinutes(2));
            await killed.Kill9Async();
            next.Launch();
        }

        await next.UntilReadyAsync();
        await CdApi.Patient(next.Http).Register("app", "pre");
        (await Schema(database)).ShouldBe(await Schema(whole));
    }

    /// <summary>A backup that runs has every table open for as long as it takes. Hosts of the version before work on beside it.</summary>
    [Fact]
    public async Task That_waits_for_a_table_keeps_nobody_else_from_it()
    {
        await using var database = await PostgresDatabase.CreateAsync();
        await using (var first = await HostProcess.StartNewAsync("first", On(database)))
            await first.Kill9Async();
        // The schema of the version before the chain of the audit.
        await database.ExecuteAsync(
            """
            DROP TABLE audit_chains;
            ALTER TABLE batch_events DROP COLUMN hash, DROP COLUMN number, DROP COLUMN previous_hash;
            DELETE FROM schema_history WHERE migration_id = '20261201033627_AuditChain';
            """);
        await using var next = new HostProcess("next", On(database));
        await using (var backup = new NpgsqlConnection(database.ConnectionString + ";Pooling=False"))
        {
            await backup.OpenAsync(TestContext.Current.CancellationToken);
            await using (var begin = new NpgsqlCommand("BEGIN; LOCK TABLE batch_events IN ACCESS SHARE MODE", backup))
                await begin.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            next.Launch();
            await Eventually.IsTrue(async () => await database.ScalarAsync<long>(
                "SELECT count(*) FROM pg_locks WHERE relation = 'batch_events'::regclass AND mode = 'AccessExclusiveLock' AND NOT granted") == 1,
                "the host waits for the table", TimeSpan.FromMinutes(2));

            await database.ExecuteAsync("SET statement_timeout = '4s'; SELECT count(*) FROM batch_events; SELECT count(*) FROM batch_events");
            await Eventually.IsTrue(() => next.LogTail.Contains("lock timeout", StringComparison.Ordinal), "the host says what it waits for",
                TimeSpan.FromMinutes(1));
        }

        await next.UntilReadyAsync();
        await CdApi.Patient(next.Http).Register("app", "pre");
    }

    private static HostSettings On(PostgresDatabase database) =>
        HostSettings.Embedded().With("core__storage__provider", "postgres").With("core__storage__connection_string", database.ConnectionString);

    private static Task<IReadOnlyList<string>> Schema(PostgresDatabase database) => database.QueryAsync<string>(
        """
        SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable AS line FROM information_schema.columns WHERE table_schema = 'public'
        UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
        UNION ALL SELECT migration_id FROM schema_history UNION ALL SELECT migration_id FROM access_schema_history ORDER BY line
        """);
}
