using DevopsCd.Core.Configuration;
using DevopsCd.Testing;
using Npgsql;

namespace DevopsCd.Core.Tests.Data;

/// <summary>The bounds after which the server ends a session whose client is gone.</summary>
public sealed class A_session_on_PostgreSQL
{
    private static readonly string[] s_settings =
        ["idle_in_transaction_session_timeout", "lock_timeout", "statement_timeout", "tcp_user_timeout", "tcp_keepalives_idle", "tcp_keepalives_interval",
            "tcp_keepalives_count"];

    [Fact]
    public async Task Holds_nothing_for_longer_than_its_client_lives() =>
        (await Settings("")).ShouldBe(["10s", "5s", "35s", "10000", "5", "2", "3"]);

    [Fact]
    public async Task Follows_what_the_connection_string_says() =>
        (await Settings(";Command Timeout=120;Options=-c lock_timeout=1s -c tcp_keepalives_idle=60")).ShouldBe(["10s", "1s", "125s", "10000", "60", "2", "3"]);

    [Fact]
    public async Task Is_patient_where_it_migrates_but_not_while_others_stand_behind_it() =>
        (await Settings("", isPatient: true)).ShouldBe(["10s", "2s", "0", "10000", "5", "2", "3"]);

    private static async Task<IEnumerable<string>> Settings(string more, bool isPatient = false)
    {
        var storage = new StorageOptions { Provider = "postgres", ConnectionString = TestServers.Postgres + more };
        await using var connection =
            new NpgsqlConnection(new NpgsqlConnectionStringBuilder(storage.PostgresConnection(isPatient)) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        var values = new List<string>();
        foreach (var name in s_settings)
        {
            await using var command = new NpgsqlCommand($"SHOW {name}", connection);
            values.Add((string)(await command.ExecuteScalarAsync())!);
        }
        return values;
    }
}
