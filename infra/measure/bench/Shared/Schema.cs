using Npgsql;

namespace DevopsCd.Bench;

/// <summary>The tables every contestant works on; the outbox tables are each one's own.</summary>
internal static class Schema
{
    internal const string Channel = "bench_committed";

    internal static async Task Create(NpgsqlDataSource database) => await Run(database, """
        CREATE TABLE bench_saga (
            correlation_id uuid PRIMARY KEY, current_state text NOT NULL, step int NOT NULL, changed_at timestamptz NOT NULL);
        CREATE TABLE bench_audit (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, saga_id uuid NOT NULL, step int NOT NULL, at timestamptz NOT NULL);
        CREATE FUNCTION bench_notify() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN PERFORM pg_notify('bench_committed', NEW.saga_id || ' ' || NEW.step); RETURN NULL; END $$;
        """);

    /// <summary>Tells a listener of every audit row, at its commit: how latency is measured, the same way for all.</summary>
    internal static Task Announce(NpgsqlDataSource database) => Run(
        database, "CREATE TRIGGER bench_announce AFTER INSERT ON bench_audit FOR EACH ROW EXECUTE FUNCTION bench_notify()");

    internal static async Task<Guid[]> AddSagas(NpgsqlDataSource database, int count)
    {
        var ids = Enumerable.Range(0, count).Select(_ => Guid.NewGuid()).ToArray();
        await using var command = database.CreateCommand(
            "INSERT INTO bench_saga SELECT unnest($1), 'Running', 0, now()");
        command.Parameters.AddWithValue(ids);
        await command.ExecuteNonQueryAsync();
        return ids;
    }

    /// <summary>What years of use leave behind: finished sagas with their audit and, where there is our inbox, its rows.</summary>
    internal static async Task Preload(NpgsqlDataSource database, int rows)
    {
        await Run(database, $"""
            INSERT INTO bench_saga SELECT gen_random_uuid(), 'Waiting', 11, now() FROM generate_series(1, {rows});
            DO $$ BEGIN
                IF to_regclass('"InboxState"') IS NOT NULL THEN
                    INSERT INTO "InboxState" ("MessageId", "ConsumerId", "Received")
                        SELECT gen_random_uuid(), gen_random_uuid(), now() FROM generate_series(1, {rows});
                END IF;
            END $$;
            """);
        await Run(database, "VACUUM ANALYZE");
    }

    /// <summary>
    /// How many audit rows have been begun: never fewer than there are, and told without counting them, which is work for the database that grows.
    /// </summary>
    internal static async Task<long> Begun(NpgsqlDataSource database)
    {
        await using var command = database.CreateCommand("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM bench_audit_id_seq");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    internal static async Task<long> Count(NpgsqlDataSource database)
    {
        await using var command = database.CreateCommand("SELECT count(*) FROM bench_audit");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    internal static async Task<long> Finished(NpgsqlDataSource database, Guid[] ids)
    {
        await using var command = database.CreateCommand("SELECT count(*) FROM bench_saga WHERE step = 11 AND correlation_id = ANY($1)");
        command.Parameters.AddWithValue(ids);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static async Task Run(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync();
    }
}
