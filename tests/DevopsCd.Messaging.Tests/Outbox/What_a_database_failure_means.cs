using System.Net.Sockets;
using System.Text.RegularExpressions;
using DevopsCd.Testing;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Quartz;
using Quartz.Impl.AdoJobStore;

namespace DevopsCd.Messaging.Tests.Outbox;

/// <summary>Failures as the servers themselves report them, as far as one can provoke them.</summary>
public sealed class What_a_database_failure_means
{
    [Theory]
    [InlineData("SELECT 1/0; SELECT 1", DatabaseFailure.None)]
    [InlineData("INSERT INTO t VALUES (1)", DatabaseFailure.Duplicate)]
    [InlineData("SET transaction_read_only = on; CREATE TABLE u (id int)", DatabaseFailure.ReadOnly)]
    [InlineData("SET statement_timeout = 1; SELECT pg_sleep(10)", DatabaseFailure.Away)]
    [InlineData("SELECT pg_terminate_backend(pg_backend_pid())", DatabaseFailure.Away)]
    [InlineData("SET ROLE pg_monitor; SELECT * FROM t", DatabaseFailure.Denied)]
    [InlineData("EXECUTE unknown", DatabaseFailure.Away)]
    [InlineData("DO $$ BEGIN RAISE SQLSTATE '53100'; END $$", DatabaseFailure.Full)]
    [InlineData("DO $$ BEGIN RAISE SQLSTATE '40P01'; END $$", DatabaseFailure.Contention)]
    [InlineData("DO $$ BEGIN RAISE SQLSTATE '40001'; END $$", DatabaseFailure.Contention)]
    [InlineData("DO $$ BEGIN RAISE SQLSTATE '25P03'; END $$", DatabaseFailure.Away)]
    [InlineData("DO $$ BEGIN RAISE SQLSTATE '57P03'; END $$", DatabaseFailure.Away)]
    [InlineData("DO $$ BEGIN RAISE SQLSTATE '28P01'; END $$", DatabaseFailure.Denied)]
    [InlineData("DO $$ BEGIN RAISE SQLSTATE '23503'; END $$", DatabaseFailure.None)]
    public async Task Is_told_from_what_PostgreSQL_says(string sql, DatabaseFailure expected)
    {
        await using var postgres = await PostgresDatabase.CreateAsync();
        await using var connection = new NpgsqlConnection(postgres.ConnectionString);
        await connection.OpenAsync();
        await Run(connection, "CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1)");

        var failure = await Should.ThrowAsync<Exception>(() => Run(connection, sql));

        DatabaseFailures.Of(failure).ShouldBe(expected);
        DatabaseFailures.Of(new DbUpdateException("saving failed", failure)).ShouldBe(expected);
        DatabaseFailures.Of(new AggregateException(failure)).ShouldBe(expected);
    }

    [Theory, InlineData("a statement"), InlineData("a commit"), InlineData("a savepoint"), InlineData("a commit of a connection that was given back")]
    public async Task Is_that_it_is_away_where_the_end_of_the_connection_went_unheard(string next)
    {
        await using var postgres = await PostgresDatabase.CreateAsync();
        await using var connection = new NpgsqlConnection(postgres.ConnectionString);
        await connection.OpenAsync();
        var transaction = await connection.BeginTransactionAsync();
        await Should.ThrowAsync<PostgresException>(() => Run(connection, "SELECT pg_terminate_backend(pg_backend_pid())"));
        if (next == "a commit of a connection that was given back")
            await connection.CloseAsync();

        var failure = await Should.ThrowAsync<InvalidOperationException>(async () => await (next switch
        {
            "a statement" => Run(connection, "SELECT 1"),
            "a savepoint" => transaction.SaveAsync("s"),
            _ => transaction.CommitAsync(),
        }));

        DatabaseFailures.Of(failure).ShouldBe(DatabaseFailure.Away);
        DatabaseFailures.IsOutage(new DbUpdateException("saving failed", failure)).ShouldBeTrue();
    }

    [Fact]
    public async Task Is_contention_for_a_row_that_is_locked_too_long_and_for_what_comes_after_it_in_the_transaction()
    {
        await using var postgres = await PostgresDatabase.CreateAsync();
        await using var holder = new NpgsqlConnection(postgres.ConnectionString);
        await using var other = new NpgsqlConnection(postgres.ConnectionString);
        await holder.OpenAsync();
        await other.OpenAsync();
        await Run(holder, "CREATE TABLE t (id int); INSERT INTO t VALUES (1)");
        await Run(holder, "BEGIN; SELECT * FROM t FOR UPDATE");

        await Run(other, "BEGIN; SET LOCAL lock_timeout = 1");
        var locked = await Should.ThrowAsync<Exception>(() => Run(other, "SELECT * FROM t FOR UPDATE"));
        var aborted = await Should.ThrowAsync<PostgresException>(() => Run(other, "SELECT 1"));

        DatabaseFailures.Of(locked).ShouldBe(DatabaseFailure.Contention);
        aborted.SqlState.ShouldBe(PostgresErrorCodes.InFailedSqlTransaction);
        DatabaseFailures.IsOutage(aborted).ShouldBeTrue();
        DatabaseFailures.IsOutage(new JobPersistenceException("Couldn't store trigger", new LockException("lock", aborted))).ShouldBeTrue();
        DatabaseFailures.IsOutage(new LockException("Failure obtaining db row lock")).ShouldBeTrue();
    }

    [Fact]
    public async Task Is_told_from_what_SQLite_says()
    {
        var folder = Directory.CreateTempSubdirectory("sqlite-").FullName;
        await using var connection = new SqliteConnection($"Data Source={folder}/a.db;Pooling=false;Default Timeout=0");
        await using var other = new SqliteConnection($"Data Source={folder}/a.db;Pooling=false;Default Timeout=1");
        await using var reader = new SqliteConnection($"Data Source={folder}/a.db;Pooling=false;Mode=ReadOnly");
        await connection.OpenAsync();
        await Run(connection, "CREATE TABLE t (id int PRIMARY KEY, text NOT NULL); INSERT INTO t VALUES (1, 'one'); PRAGMA max_page_count = 5");
        await other.OpenAsync();
        await reader.OpenAsync();

        (await Fails(connection, "INSERT INTO t VALUES (2, randomblob(1000000))")).ShouldBe(DatabaseFailure.Full);
        (await Fails(connection, "INSERT INTO t VALUES (1, 'again')")).ShouldBe(DatabaseFailure.Duplicate);
        (await Fails(connection, "INSERT INTO t VALUES (2, NULL)")).ShouldBe(DatabaseFailure.None);
        (await Fails(reader, "INSERT INTO t VALUES (2, 'two')")).ShouldBe(DatabaseFailure.ReadOnly);
        await Run(connection, "BEGIN IMMEDIATE");
        (await Fails(other, "BEGIN IMMEDIATE")).ShouldBe(DatabaseFailure.Contention);
        await connection.CloseAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Is_told_from_a_connection_that_is_lost_or_never_came()
    {
        DatabaseFailures.Of(new NpgsqlException("Exception while reading from stream", new IOException("reset"))).ShouldBe(DatabaseFailure.Away);
        DatabaseFailures.Of(new InvalidOperationException("An exception has been raised that is likely due to a transient failure.",
            new NpgsqlException("Failed to connect", new SocketException((int)SocketError.ConnectionRefused)))).ShouldBe(DatabaseFailure.Away);
        DatabaseFailures.Of(new TimeoutException()).ShouldBe(DatabaseFailure.Away);
    }

    [Fact]
    public void Is_nothing_where_something_else_failed()
    {
        DatabaseFailures.Of(new FormatException("wrong", new ArgumentException())).ShouldBe(DatabaseFailure.None);
        DatabaseFailures.Of(new RegexMatchTimeoutException()).ShouldBe(DatabaseFailure.None);
        DatabaseFailures.Of(new TaskCanceledException("HttpClient.Timeout", new TimeoutException())).ShouldBe(DatabaseFailure.None);
        DatabaseFailures.Of(null).ShouldBe(DatabaseFailure.None);
    }

    private static async Task<DatabaseFailure> Fails(SqliteConnection connection, string sql) =>
        DatabaseFailures.Of(await Should.ThrowAsync<SqliteException>(() => Run(connection, sql)));

    private static async Task Run(System.Data.Common.DbConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }
}
