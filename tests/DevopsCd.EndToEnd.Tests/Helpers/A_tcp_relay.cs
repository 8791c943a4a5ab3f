using System.Diagnostics;
using DevopsCd.Testing;
using Npgsql;

namespace DevopsCd.EndToEnd.Tests.Helpers;

public sealed class A_tcp_relay : IAsyncLifetime
{
    private PostgresDatabase database = null!;
    private TcpRelay relay = null!;

    public async ValueTask InitializeAsync()
    {
        database = await PostgresDatabase.CreateAsync();
        relay = TcpRelay.To(database);
    }

    public async ValueTask DisposeAsync()
    {
        await relay.DisposeAsync();
        await database.DisposeAsync();
    }

    [Fact]
    public async Task Resets_and_refuses_when_cut_and_serves_again_when_restored()
    {
        await using var connection = await Connect();
        (await One(connection)).ShouldBe(1);

        relay.Cut();
        await Should.ThrowAsync<NpgsqlException>(() => One(connection));
        await Should.ThrowAsync<NpgsqlException>(Connect);
        relay.Restore();

        await using var again = await Connect();
        (await One(again)).ShouldBe(1);
    }

    [Fact]
    public async Task Swallows_in_silence_and_delivers_late()
    {
        await using var connection = await Connect();
        (await One(connection)).ShouldBe(1);

        relay.Swallow();
        var answer = One(connection);
        await Should.ThrowAsync<TimeoutException>(() => answer.WaitAsync(TimeSpan.FromMilliseconds(300), TestContext.Current.CancellationToken));
        relay.Restore();

        (await answer).ShouldBe(1);
    }

    [Fact]
    public async Task Delays_both_ways()
    {
        await using var connection = await Connect();
        relay.Delay = TimeSpan.FromMilliseconds(100);

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
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database.Through(relay)) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    private static async Task<int> One(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand("select 1", connection);
        return (int)(await command.ExecuteScalarAsync())!;
    }
}
