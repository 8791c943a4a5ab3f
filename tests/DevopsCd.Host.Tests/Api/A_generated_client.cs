using System.Globalization;
using DevopsCd.Host.Client;
using DevopsCd.Host.Client.Models;
using DevopsCd.Testing;
using DevopsCd.Testing.Hosting;
using Microsoft.Kiota.Abstractions.Authentication;
using Microsoft.Kiota.Abstractions.Serialization;
using Microsoft.Kiota.Http.HttpClientLibrary;

namespace DevopsCd.Host.Tests.Api;

/// <summary>Knows nothing of the host but contracts/openapi/host.json, from which the build has generated it.</summary>
public sealed class A_generated_client : IAsyncLifetime
{
    private const string Operator = "X-Operator";

    private readonly HostProcess _host =
        new("client", HostSettings.Embedded().With("core__deploy__simulated_duration", "50ms").With("core__notification__provider", "log"));
    private HttpClientRequestAdapter _adapter = null!;
    private ApiClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        await _host.StartAsync();
        _adapter = new HttpClientRequestAdapter(new AnonymousAuthenticationProvider(),
            httpClient: _host.Http)
        { BaseUrl = _host.BaseUrl.ToString().TrimEnd('/') };
        _client = new ApiClient(_adapter);
    }

    public async ValueTask DisposeAsync()
    {
        _adapter.Dispose();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task Carries_a_batch_from_the_first_build_to_the_final_acceptance()
    {
        await Application("web-shop");
        var batch = await _client.Api.V1.Batches.PostAsync(new NewBatch { Title = "A release", Releases = [new ReleaseItem { Application = "web-shop" }] },
            c => c.Headers.Add(Operator, "ann"), Token);
        batch.ShouldNotBeNull().State.ShouldBe(0);
        var id = batch.Id!.Value;

        (await Raise(id, "approve")).To.ShouldBe(5);
        (await Raise(id, "confirm_tag")).To.ShouldBe(11);
        await Until(id, 22);
        (await Raise(id, "start_prod_deploy")).To.ShouldBe(31);
        await Until(id, 32);
        (await Raise(id, "final_accept")).To.ShouldBe(40);

        var ended = (await _client.Api.V1.Batches[id].GetAsync(cancellationToken: Token)).ShouldNotBeNull();
        (ended.State, ended.StateName, ended.AvailableEvents!.Count, ended.Releases!.Single().ProdStatus).ShouldBe((40, "FinalAccepted", 0, "succeeded"));
        ended.FinalAcceptedAt!.Value.ShouldBeGreaterThan(ended.CreatedAt!.Value);
        (await _client.Api.V1.Batches[id].Events.GetAsync(c => c.QueryParameters.Limit = 200, Token))!.Items!.Where(e => e.Outcome == "accepted")
            .Select(e => e.Event)
            .ShouldBe(["approve", "confirm_tag", "start_pre_deploy", "pre_deploy_completed", "start_prod_deploy", "prod_deploy_completed", "final_accept"]);
    }

    [Fact]
    public async Task Is_told_in_types_why_it_was_refused()
    {
        await Application("api");
        var batch = await _client.Api.V1.Batches.PostAsync(new NewBatch { Title = "A release", Releases = [new ReleaseItem { Application = "api" }] },
            c => c.Headers.Add(Operator, "ann"), Token);

        var illegal = await Should.ThrowAsync<Problem>(() => Raise(batch!.Id!.Value, "final_accept"));
        var wrong = await Should.ThrowAsync<Problem>(() => Raise(batch!.Id!.Value, "cancel"));
        var stale = await Should.ThrowAsync<Problem>(() => Raise(batch!.Id!.Value, "approve", ifMatch: "\"7\""));
        var engine = await Should.ThrowAsync<Problem>(() => _client.Api.V1.Scan.PostAsync(c => c.Headers.Add(Operator, "engine"), Token));

        illegal.Message.ShouldBe(illegal.Detail);
        (illegal.Status, illegal.Type, illegal.State, illegal.StateName, illegal.Version).ShouldBe((409, "urn:devopscd:refused", 0, "PendingApproval", 0));
        illegal.AvailableEvents!.Select(e => e.Event).ShouldBe(["approve", "reject", "cancel"], ignoreOrder: true);
        (wrong.Type, string.Join(' ', wrong.Errors!.AdditionalData.Keys)).ShouldBe(("urn:devopscd:invalid", "reason"));
        (stale.Type, stale.Version).ShouldBe(("urn:devopscd:changed", 0));
        engine.Type.ShouldBe("urn:devopscd:operator-required");
    }

    [Fact]
    public async Task Reads_back_what_it_has_written_with_settings_that_the_document_leaves_open()
    {
        await Application("worker");
        var canary = new DeployStrategy
        {
            Type = "canary",
            AdditionalData = new Dictionary<string, object>
            {
                ["steps"] =
            new UntypedArray([new UntypedObject(new Dictionary<string, UntypedNode> { ["weight"] = new UntypedInteger(20) })])
            }
        };

        await _client.Api.V1.Applications["worker"].Targets["prod"]["c2"].PutAsync(
            new TargetBody { Namespace = "shop", Workload = new DeployWorkload { Kind = "Deployment", Name = "worker" }, Strategy = canary },
                c => c.Headers.Add(Operator, "ann"), Token);

        var target = (await _client.Api.V1.Applications["worker"].Targets["prod"]["c2"].GetAsync(cancellationToken: Token)).ShouldNotBeNull();
        target.Strategy!.Type.ShouldBe("canary");
        var steps = target.Strategy.AdditionalData["steps"].ShouldBeOfType<UntypedArray>();
        steps.GetValue().Single().ShouldBeOfType<UntypedObject>().GetValue()["weight"].ShouldBeOfType<UntypedInteger>().GetValue().ShouldBe(20);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private async Task<EventAccepted> Raise(long batch, string batchEvent, string? ifMatch = null) =>
        (await _client.Api.V1.Batches[batch].Events[batchEvent].PostAsync(new RaiseEvent(), c =>
    {
        c.Headers.Add(Operator, "ann");
        if (ifMatch is not null)
            c.Headers.Add("If-Match", ifMatch);
    }, Token))!;

    private Task<BatchView?> Until(long batch, int state) =>
        Eventually.Sees(() => _client.Api.V1.Batches[batch].GetAsync(cancellationToken: Token), b => b!.State == state,
            string.Create(CultureInfo.InvariantCulture, $"batch {batch} is in {state}"), TimeSpan.FromSeconds(90));

    private async Task Application(string name)
    {
        await _client.Api.V1.Applications.PostAsync(new NewApplication { Name = name }, c => c.Headers.Add(Operator, "ann"), Token);
        foreach (var stage in (string[])["pre", "prod"])
        {
            await _client.Api.V1.Applications[name].Targets[stage]["c1"].PutAsync(
                new TargetBody { Namespace = "shop", Workload = new DeployWorkload { Kind = "Deployment", Name = name } }, c => c.Headers.Add(Operator, "ann"),
                    Token);
        }
        var build = await _client.Api.V1.Builds.PostAsync(new BuildCompleted
        {
            Application = name,
            BuildNumber = "1",
            Branch = "main",
            CommitId = "0123456789abcdef",
            ImageName = $"registry.example/{name}",
            ImageTag = "1.0.1",
            Status = BuildStatus.Success
        }, cancellationToken: Token);
        build!.Matched.ShouldBe(true);
    }
}
