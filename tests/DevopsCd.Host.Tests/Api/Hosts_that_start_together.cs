using DevopsCd.Testing;
using DevopsCd.Testing.Hosting;

namespace DevopsCd.Host.Tests.Api;

public sealed class Hosts_that_start_together
{
    [Fact]
    public async Task Bring_one_empty_database_to_this_version_in_turns()
    {
        await using var database = await PostgresDatabase.CreateAsync();
        var settings = HostSettings.Embedded().With("core__storage__provider", "postgres").With("core__storage__connection_string", database.ConnectionString);

        var hosts = await Task.WhenAll(Enumerable.Range(1, 3).Select(number => HostProcess.StartNewAsync($"host {number}", settings)));

        hosts.ShouldAllBe(host => host.IsRunning);
        foreach (var host in hosts)
            await host.DisposeAsync();
    }
}
