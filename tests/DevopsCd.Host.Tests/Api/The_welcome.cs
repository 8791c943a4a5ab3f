using DevopsCd.Testing.Hosting;

namespace DevopsCd.Host.Tests.Api;

public sealed class The_welcome
{
    [Fact]
    public async Task Is_said_by_the_embedded_mode_with_its_address()
    {
        await using var host = await HostProcess.StartNewAsync("embedded", HostSettings.Embedded());

        await Testing.Eventually.IsTrue(() => host.LogTail.Contains("Carry the first batch to its end", StringComparison.Ordinal), "the welcome");
        host.LogTail.ShouldContain("(embedded: SQLite, in-memory messages, simulated deployments)");
    }

    [Fact]
    public async Task Is_not_said_where_a_deploy_service_deploys_and_what_is_hardly_meant_is()
    {
        await using var host = await HostProcess.StartNewAsync("deploys", HostSettings.Embedded()
            .With("core__deploy__driver", "http").With("core__k8s__base_url", "http://127.0.0.1:9").With("core__rabbitmq__url", "amqp://broker/"));

        await Testing.Eventually.IsTrue(() => host.LogTail.Contains("Application started", StringComparison.Ordinal), "the start");
        await host.StopAsync();
        host.LogTail.ShouldNotContain("simulated deployments");
        host.LogTail.ShouldContain("Configuration: core:k8s:api_key is empty");
        host.LogTail.ShouldContain("Configuration: core:rabbitmq has no effect: core:transport is in-memory");
    }
}
