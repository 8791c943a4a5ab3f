using DevopsCd.DeployService.Client;
using DevopsCd.DeployService.Client.Models;
using DevopsCd.DeployService.Tests.Support;
using DevopsCd.Testing;
using Microsoft.Kiota.Abstractions.Authentication;
using Microsoft.Kiota.Http.HttpClientLibrary;

namespace DevopsCd.DeployService.Tests;

/// <summary>Knows nothing of the service but contracts/openapi/deploy-service.json, from which the build has generated it.</summary>
public sealed class A_generated_client(TestCluster cluster)
{
    [Fact]
    public async Task Carries_an_operation_to_its_end_and_is_told_in_types_what_is_wrong()
    {
        await using var given = await Given.ServiceAsync(cluster);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop");
        // The client brings the key itself.
        given.Http.DefaultRequestHeaders.Clear();
        using var adapter = new HttpClientRequestAdapter(
            new ApiKeyAuthenticationProvider(Given.Key, "X-API-Key", ApiKeyAuthenticationProvider.KeyLocation.Header, "localhost"), httpClient: given.Http)
        { BaseUrl = "https://localhost" };
        var deployments = new ApiClient(adapter).Api.V1.Deployments;
        var request = new DeployOperationRequest
        {
            Application = "shop",
            Stage = "pre",
            Cluster = "test",
            Namespace = given.Namespace,
            Workload = new DeployWorkload { Kind = "Deployment", Name = "shop", Container = "app" },
            Image = "registry.example/app:2",
            TimeoutSeconds = 300
        };

        var started = await deployments["op-1"].PutAsync(request, cancellationToken: Token);
        var ended = await Eventually.Sees(() => deployments["op-1"].GetAsync(cancellationToken: Token), o => o!.Phase == "succeeded",
            "the operation has succeeded", TimeSpan.FromMinutes(3));
        request.Image = "registry.example/app:3";
        var other = await Should.ThrowAsync<DeployProblem>(() => deployments["op-1"].PutAsync(request, cancellationToken: Token));
        request.Image = "not an image";
        var wrong = await Should.ThrowAsync<DeployProblem>(() => deployments["op-2"].PutAsync(request, cancellationToken: Token));

        started!.OperationId.ShouldBe("op-1");
        (ended!.Replicas!.Updated, ended.Replicas.Updated).ShouldBe((ended.Replicas.Desired, ended.Replicas.Available));
        (other.Status, other.Type).ShouldBe((409, "urn:devopscd:deploy:same-id-other-body"));
        (wrong.Type, string.Join(' ', wrong.Errors!.AdditionalData.Keys)).ShouldBe(("urn:devopscd:deploy:wrong-fields", "image"));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;
}
