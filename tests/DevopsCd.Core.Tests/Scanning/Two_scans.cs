using DevopsCd.Core.Configuration;
using DevopsCd.Core.Data;
using DevopsCd.Core.Scanning;
using DevopsCd.Core.Tests.Engines;
using DevopsCd.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace DevopsCd.Core.Tests.Scanning;

/// <summary>R14.</summary>
public sealed class Two_scans
{
    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task Never_overlap(string database)
    {
        await using var engine = await Engine.Start(database);
        // SQLite is one process; on PostgreSQL the other process is refused as well.
        await using var second = engine.Another();
        var asker = database == "postgres" ? second : engine;

        await using (await engine.Services.GetRequiredService<IClusterLock>().TryTakeAsync("scan", default))
            (await asker.Scan()).ShouldBeNull();

        (await asker.Scan()).ShouldNotBeNull();
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Go_on_after_the_host_that_scanned_was_lost(bool frozen)
    {
        await using var engine = await Engine.Start("postgres");
        var address = new NpgsqlConnectionStringBuilder(engine.Database.ConnectionString);
        await using var line = TcpRelay.To(address.Host!, address.Port);
        address.Port = line.Port;
        var storage = new StorageOptions { Provider = "postgres", ConnectionString = address.ConnectionString };
        // A frozen host gives no sign of life; that of a host without a line does not arrive.
        var held = (await new PostgresClusterLock(storage, frozen ? engine.Clock : TimeProvider.System).TryTakeAsync("scan", default))!;
        (await engine.Scan()).ShouldBeNull();

        if (!frozen)
            line.Swallow();

        await Eventually.Sees(engine.Scan, scan => scan is not null, "another host scans", TimeSpan.FromSeconds(20));
        if (frozen)
            engine.Clock.Advance(TimeSpan.FromMinutes(1));
        await Eventually.IsTrue(() => held.Lost.IsCancellationRequested, "the host that comes back knows that its lock is gone", TimeSpan.FromSeconds(20));
        line.Restore();
        await held.DisposeAsync();
    }
}
