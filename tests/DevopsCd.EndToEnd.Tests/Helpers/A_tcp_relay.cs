using System.Diagnostics;
using DevopsCd.Testing;
using Npgsql;

namespace DevopsCd.EndToEnd.Tests.Helpers;

public sealed class A_tcp_relay : IAsyncLifetime
{
    private PostgresDatabase _database = null!;
    private TcpRelay _relay = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await PostgresDatabase.CreateAsync();
        _relay = TcpRelay.To(_database);
    }

    public async ValueTask DisposeAsync()
    {
        await _relay.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Resets_and_refuses_when_cut_and_serves_again_when_restored()
    {
        await using var connection = await Connect();
        (await One(connection)).ShouldBe(1);

        _relay.Cut();
        await Should.ThrowAsync<NpgsqlException>(() => One(connection));
        await Should.ThrowAsync<NpgsqlException>(Connect);
        _relay.Restore();

        await using var again = await Connect();
        (await One(again)).ShouldBe(1);
    }

    [Fact]
    public async Task Swallows_in_silence_and_delivers_late()
    {
        await using var connection = await Connect();
        (await One(connection)).ShouldBe(1);

        _relay.Swallow();
        var answer = One(connection);
        await Should.ThrowAsync<TimeoutException>(() => answer.WaitAsync(TimeSpan.FromMilliseconds(300), TestContext.Current.CancellationToken));
        _relay.Restore();

        (await answer).ShouldBe(1);
    }

    [Fact]
    public async Task Delays_both_ways()
    {
        await using var connection = await Connect();
        _relay.Delay = TimeSpan.FromMilliseconds(100);

        var started = Stopwatch.GetTimestamp();
        (await One(connection)).ShouldBe(1);

        Stopwatch.GetElapsedTime(started).ShouldBeGreaterThan(TimeSpan.FromMilliseconds(190));
    }

    [Fact]
    public async Task Carries_much_data_unchanged()
    {
        await using var connection = await Connect();
        await using var command = new NpgsqlCommand("select repeat('devops', 1000000)", connection);

        ((string)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!).ShouldBe(string.Concat(Enumerable.Repeat("devops", 1_000_000)));
    }

    private async Task<NpgsqlConnection> Connect()
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(_database.Through(_relay)) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    private static async Task<int> One(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand("select 1", connection);
        return (int)(await command.ExecuteScalarAsync())!;
    }
}
