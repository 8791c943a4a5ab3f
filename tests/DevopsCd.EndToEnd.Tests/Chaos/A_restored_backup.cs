using DevopsCd.Testing;
using DevopsCd.Testing.Chaos;
using DevopsCd.Testing.Fakes;
using DevopsCd.Testing.Hosting;

namespace DevopsCd.EndToEnd.Tests.Chaos;

/// <summary>
/// The drill of infra/operate.md: the database is backed up while batches deploy, work goes on for a while, everything but the deploy service is
/// lost, and a host starts on the backup, with a broker that knows nothing.
/// </summary>
public sealed class A_restored_backup
{
    private const int Batches = 4, AppsPerBatch = 3;

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task Goes_on_from_its_moment_and_deploys_nothing_again_that_was_deployed_after_it()
    {
        await using var service = await FakeDeployService.StartAsync();
        service.Default = _ => DeployOutcome.Success(TimeSpan.FromMilliseconds(800));
        await using var lost = await PostgresDatabase.CreateAsync();
        var backup = Path.Combine(Directory.CreateTempSubdirectory("devopscd-backup-").FullName, "devopscd.dump");
        List<long> batches;

        await using (var broker = await RabbitVirtualHost.CreateAsync())
        await using (var host = await HostProcess.StartNewAsync("backed-up", Settings(lost, broker, service)))
        {
            var api = CdApi.Patient(host.Http, "ann");
            batches = [.. await Task.WhenAll(Enumerable.Range(0, Batches).Select(index => Sealed(api, index)))];
            await Eventually.IsTrue(() => service.Operations.Count > AppsPerBatch, "some are deployed and others wait");
            await lost.DumpAsync(backup);
            await Reach(api, batches, 22);
            // The backup knows nothing of this.
            foreach (var batch in batches.Take(Batches / 2))
                (await api.Raise(batch, "start_prod_deploy")).Expect();
            await Reach(api, batches.Take(Batches / 2), 32);
            await host.Kill9Async();
        }

        var deployed = service.Operations.Select(operation => operation.OperationId).ToHashSet();
        await using var database = await PostgresDatabase.CreateAsync();
        await database.RestoreAsync(backup);
        (await database.ScalarAsync<long>("select count(*) from deployments")).ShouldBeLessThan(deployed.Count, "the backup is of an earlier moment");
        await using var other = await RabbitVirtualHost.CreateAsync();
        await using var restored = await HostProcess.StartNewAsync("restored", Settings(database, other, service));
        var people = CdApi.Patient(restored.Http, "ann");
        await Reach(people, batches, 22);
        service.Operations.Count.ShouldBe(deployed.Count, "the deploy service's records say what was done already");
        foreach (var batch in batches)
            (await people.Raise(batch, "start_prod_deploy")).Expect();
        await Reach(people, batches, 32);
        foreach (var batch in batches)
            (await people.Raise(batch, "final_accept")).Expect();

        service.Operations.Count.ShouldBe(Batches * AppsPerBatch * 2, "each application once in each stage");
        service.Operations.Select(operation => operation.OperationId).Intersect(deployed).Count().ShouldBe(deployed.Count);
        var checker = new InvariantChecker(database, service, other);
        // That a person had asked for production, when it was deployed before the loss, is what the loss was.
        (await checker.CheckAsync()).Where(violation => !violation.StartsWith("I6", StringComparison.Ordinal)
            || !deployed.Any(operation => violation.Contains(operation, StringComparison.Ordinal))).ShouldBeEmpty();
        (await checker.CheckAtRestAsync(TimeSpan.FromMinutes(1))).ShouldBeEmpty();
        Directory.Delete(Path.GetDirectoryName(backup)!, recursive: true);
    }

    private static HostSettings Settings(PostgresDatabase database, RabbitVirtualHost broker, FakeDeployService service) =>
        HostSettings.On(database, broker).DeployingWith(service).With("core__notification__provider", "log").With("core__scan_interval", "2s")
            .With("core__deploy__poll_interval", "500ms").With("core__deploy__concurrent_apps", "1");

    private static async Task<long> Sealed(CdApi api, int index)
    {
        var applications = Enumerable.Range(0, AppsPerBatch).Select(app => $"app-{index}-{app}").ToList();
        foreach (var application in applications)
            await api.Register(application, "pre", "prod");
        var batch = (await api.CreateBatch($"Release {index}", $"R-{index}", applications)).Expect().Id;
        (await api.Raise(batch, "approve")).Expect();
        (await api.Raise(batch, "confirm_tag")).Expect();
        return batch;
    }

    private static async Task Reach(CdApi api, IEnumerable<long> batches, int state)
    {
        foreach (var batch in batches)
            await Eventually.Sees(() => api.Batch(batch), view => view.IsSuccess && view.State == state, $"batch {batch} reaches {state}", s_patience);
    }
}
