using DevopsCd.Testing;
using DevopsCd.Testing.Fakes;
using DevopsCd.Testing.Hosting;

namespace DevopsCd.EndToEnd.Tests.Chaos;

/// <summary>
/// A line that carries one way only, between a host and one of its servers, with a batch under way: the batch ends, nothing is parked, and each
/// operation is made once.
/// </summary>
public sealed class A_line_in_trouble
{
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(6);

    [Theory]
    [InlineData("database", "to client")]
    [InlineData("broker", "to client")]
    [InlineData("database", "one after the other")]
    [InlineData("broker", "one after the other")]
    [InlineData("deploy service", "one after the other")]
    [InlineData("deploy service", "to server")]
    [InlineData("deploy service", "to client")]
    public async Task Costs_time_and_nothing_else(string between, string trouble)
    {
        await using var database = await PostgresDatabase.CreateAsync();
        await using var broker = await RabbitVirtualHost.CreateAsync();
        await using var service = await FakeDeployService.StartAsync();
        service.Default = _ => DeployOutcome.Success(TimeSpan.FromMilliseconds(300));
        await using var toDatabase = TcpRelay.To(database);
        await using var toBroker = TcpRelay.To(broker);
        await using var toService = TcpRelay.To(service.BaseUrl.Host, service.BaseUrl.Port);
        await using var host =
            await HostProcess.StartNewAsync("line", HostSettings.On(database.Through(toDatabase), broker.Through(toBroker)).DeployingWith(service)
            .With("core__k8s__base_url", $"http://127.0.0.1:{toService.Port}/").With("core__notification__provider", "log")
            .With("core__scan_interval", "2s").With("core__deploy__poll_interval", "500ms").With("core__k8s__call_timeout", "2s"));
        var api = CdApi.Patient(host.Http, "ann");
        var applications = Enumerable.Range(0, 3).Select(i => $"app-{i}").ToList();
        foreach (var application in applications)
        {
            await api.Register(application, "pre", "prod");
        }
        var batch = (await api.CreateBatch("Release 1", null, applications)).Expect().Id;
        (await api.Raise(batch, "approve")).Expect();

        (await api.Raise(batch, "confirm_tag")).Expect();
        var line = between switch { "database" => toDatabase, "broker" => toBroker, _ => toService };
        if (trouble != "to client")
        {
            line.SwallowToServer();
            await Pause.For(s_silence, TestContext.Current.CancellationToken);
            line.Restore();
        }
        if (trouble != "to server")
        {
            line.SwallowToClient();
            await Pause.For(s_silence, TestContext.Current.CancellationToken);
            line.Restore();
        }

        await Eventually.Sees(() => api.Batch(batch), view => view is { IsSuccess: true, State: 22 }, "the stage is done", TimeSpan.FromSeconds(90));
        await Eventually.Sees(() => database.ScalarAsync<long>("select count(*) from outbox_message"), left => left == 0, "all messages have left",
            TimeSpan.FromSeconds(60));
        (await database.ScalarAsync<long>("select count(*) from parked_messages")).ShouldBe(0);
        service.Operations.Count.ShouldBe(applications.Count, "each was made once");
    }
}
