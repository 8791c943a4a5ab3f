using DevopsCd.Core.Scanning;
using DevopsCd.Core.Tests.Engines;
using Microsoft.Extensions.DependencyInjection;

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

        await using (await engine.Services.GetRequiredService<IClusterLock>().TryTake("scan", default))
            (await asker.Scan()).ShouldBeNull();

        (await asker.Scan()).ShouldNotBeNull();
    }

    [Fact]
    public async Task Go_on_after_the_process_that_scanned_has_died()
    {
        await using var engine = await Engine.Start("postgres");
        await using var other = engine.Another();
        var held = await engine.Services.GetRequiredService<IClusterLock>().TryTake("scan", default);
        (await other.Scan()).ShouldBeNull();

        // What the server does to the connection of a dead process.
        await held!.DisposeAsync();

        (await other.Scan()).ShouldNotBeNull();
    }
}
