using System.Net;
using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Tests.Support;
using DevopsCd.Testing;

namespace DevopsCd.DeployService.Tests;

public sealed class A_service_that_dies(TestCluster cluster)
{
    private const int Operations = 10;
    private const int Kills = 20;

    [Fact]
    public async Task Finds_everything_again_when_killed_at_twenty_moments()
    {
        await using var given = await Given.NothingYetAsync(cluster);
        var names = Enumerable.Range(0, Operations).Select(i => $"shop-{i}").ToList();
        await Task.WhenAll(names.Select(n => cluster.GivenDeploymentAsync(given.Namespace, n)));
        var moments = new Random(20_261_124);

        // Every life: all ten are sent (again), and the process dies after some number of answers, some of them still on their way.
        for (var life = 0; life < Kills; life++)
        {
            await using var service = await ServiceProcess.StartAsync(given.Settings);
            var before = moments.Next(1, Operations + 1);
            var sent = names.Take(Math.Max(before, life / 2)).Select(async (name, i) =>
            {
                try
                {
                    using var answer = await given.PutAsync($"op-{i}", given.Request(name, "registry.example/app:2", timeout: 600), service.Http);
                    answer.StatusCode.ShouldBeOneOf(HttpStatusCode.Created, HttpStatusCode.OK);
                }
                catch (HttpRequestException)
                {
                    // Killed before it answered: the caller does not know, and sends it again.
                }
            }).ToList();
            for (var i = 0; i < before && i < sent.Count; i++)
                await await Task.WhenAny(sent.Skip(i));
            await service.KillAsync();
            await Task.WhenAll(sent);
        }
        await using var last = await ServiceProcess.StartAsync(given.Settings);
        foreach (var (name, i) in names.Select((n, i) => (n, i)))
        {
            using var answer = await given.PutAsync($"op-{i}", given.Request(name, "registry.example/app:2", timeout: 600), last.Http);
            answer.StatusCode.ShouldBeOneOf(HttpStatusCode.Created, HttpStatusCode.OK);
        }
        foreach (var i in Enumerable.Range(0, Operations))
            await Eventually.Sees(() => given.ViewAsync($"op-{i}", last.Http), v => v.Phase == DeployPhases.Succeeded, $"operation {i} succeeded",
                TimeSpan.FromMinutes(2));

        foreach (var name in names)
        {
            var live = await given.DeploymentAsync(name);
            (name, live.Image(), live.Annotation("deployment.kubernetes.io/revision")).ShouldBe((name, "registry.example/app:2", "2"));
        }
        (await RecordsAsync(given)).ShouldBe(Operations);
    }

    [Fact]
    public async Task Deploys_once_when_three_replicas_get_each_operation_ten_times()
    {
        const int ids = 20;
        await using var given = await Given.NothingYetAsync(cluster);
        var replicas = new[] { await given.StartAsync(), await given.StartAsync(), await given.StartAsync() };
        await Task.WhenAll(Enumerable.Range(0, ids).Select(i => cluster.GivenDeploymentAsync(given.Namespace, $"shop-{i}")));

        var answers = await Task.WhenAll(Enumerable.Range(0, 10 * ids).Select(async n =>
        {
            using var answer = await given.PutAsync($"op-{n % ids}", given.Request($"shop-{n % ids}", "registry.example/app:2"), replicas[n % 3].Http);
            return (Id: n % ids, answer.StatusCode);
        }));
        foreach (var i in Enumerable.Range(0, ids))
            await given.UntilAsync($"op-{i}", DeployPhases.Succeeded);
        var seenByAll = await Task.WhenAll(replicas.Select(async r => (await given.ViewAsync("op-7", r.Http)).Phase));

        answers.ShouldAllBe(a => a.StatusCode == HttpStatusCode.Created || a.StatusCode == HttpStatusCode.OK);
        answers.Count(a => a.StatusCode == HttpStatusCode.Created).ShouldBe(ids);
        answers.Where(a => a.StatusCode == HttpStatusCode.Created).Select(a => a.Id).Distinct().Count().ShouldBe(ids);
        seenByAll.Distinct().ShouldBe([DeployPhases.Succeeded]);
        var (_, sets) = await cluster.Api.ListAsync(KubeResource.ReplicaSets, given.Namespace, null, null, default);
        sets.Count.ShouldBe(2 * ids);
        (await RecordsAsync(given)).ShouldBe(ids);
    }

    private async Task<int> RecordsAsync(Given given) =>
        (await cluster.Api.ListAsync(KubeResource.ConfigMaps, given.Records, "devopscd.io/record=operation", null, default)).Items.Count;
}
