using System.Globalization;
using DevopsCd.Testing;
using DevopsCd.Testing.Hosting;
using Npgsql;

namespace DevopsCd.EndToEnd.Tests.Chaos;

/// <summary>Whoever follows changes misses none and gets none twice, whichever host they are connected to and however it ends.</summary>
public sealed class Hosts_killed_under_their_streams
{
    private const int Changes = 10_000, Writers = 8, Followers = 4;

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    private int _written;

    [Fact]
    public async Task Leave_no_gap_and_no_repetition_in_ten_thousand_changes()
    {
        await using var database = await PostgresDatabase.CreateAsync();
        await using var broker = await RabbitVirtualHost.CreateAsync();
        var settings = HostSettings.On(database, broker).With("core__deploy__driver", "external");
        await using var first = await HostProcess.StartNewAsync("first", settings);
        await using var second = await HostProcess.StartNewAsync("second", settings);
        var api = CdApi.Patient(first.Http);
        await api.Register("api", "pre", "prod");
        var batch = (await api.CreateBatch("followed", null, ["api"])).Expect().Id;
        HttpClient[] clients = [CdApi.Client(first.BaseUrl), CdApi.Client(second.BaseUrl)];
        using var enough = new CancellationTokenSource(s_patience);
        var streams = Enumerable.Range(0, Followers).Select(_ => new StreamClient()).ToList();
        foreach (var stream in streams)
            await ConnectAsync(stream, clients, 0, enough.Token);
        var start = streams.Select(stream => stream.LastId!.Value).Distinct().ShouldHaveSingleItem();

        var following = streams.Select((stream, n) => Task.Run(() => FollowAsync(stream, clients, n, enough.Token))).ToList();
        var writing = Task.WhenAll(Enumerable.Range(0, Writers).Select(n => Task.Run(() => WriteAsync(database, batch, n, enough.Token))));
        foreach (var (host, at) in (IEnumerable<(HostProcess, int)>)[(first, Changes / 4), (second, Changes / 2)])
        {
            await Eventually.IsTrue(() => Volatile.Read(ref _written) >= at, $"{at} changes are committed", s_patience);
            await host.RestartAsync();
        }
        await writing;
        var told = await Task.WhenAll(following);

        foreach (var ids in told)
            ids.ShouldBe(Enumerable.Range(1, Changes).Select(n => start + n));
        foreach (var stream in streams)
            await stream.DisposeAsync();
        foreach (var client in clients)
            client.Dispose();
    }

    private static async Task<List<long>> FollowAsync(StreamClient stream, HttpClient[] hosts, int next, CancellationToken enough)
    {
        var ids = new List<long>();
        while (ids.Count < Changes)
            try
            {
                while (ids.Count < Changes && await stream.NextAsync(enough) is { } told)
                {
                    told.Type.ShouldBe("change");
                    ids.Add(told.Id);
                }
                if (ids.Count < Changes)
                    await ConnectAsync(stream, hosts, ++next, enough);
            }
            catch (Exception cut) when (cut is IOException or HttpRequestException)
            {
                await ConnectAsync(stream, hosts, ++next, enough);
            }
        return ids;
    }

    /// <summary>To one host after the other, until one answers.</summary>
    private static async Task ConnectAsync(StreamClient stream, HttpClient[] hosts, int first, CancellationToken enough)
    {
        var next = first;
        await Eventually.IsTrue(async () =>
        {
            enough.ThrowIfCancellationRequested();
            await stream.ConnectAsync(hosts[next++ % hosts.Length]);
            return true;
        }, "a host answers", s_patience);
    }

    /// <summary>Transactions of different lengths, some of which come to nothing.</summary>
    private async Task WriteAsync(PostgresDatabase database, long batch, int writer, CancellationToken enough)
    {
        var random = new Random(writer);
        await using var connection = await database.OpenAsync();
        for (var left = Changes / Writers; left > 0;)
        {
            var (count, comesToNothing) = (Math.Min(left, random.Next(1, 6)), random.Next(10) == 0);
            await using var transaction = await connection.BeginTransactionAsync(enough);
            for (var n = 0; n < count; n++)
            {
                var sql = string.Create(CultureInfo.InvariantCulture, $"INSERT INTO batch_changes (batch_id, at) VALUES ({batch}, clock_timestamp())");
                await using var insert = new NpgsqlCommand(sql, connection, transaction);
                await insert.ExecuteNonQueryAsync(enough);
            }
            if (comesToNothing)
            {
                await transaction.RollbackAsync(enough);
                continue;
            }
            await transaction.CommitAsync(enough);
            Interlocked.Add(ref _written, count);
            left -= count;
        }
    }
}
