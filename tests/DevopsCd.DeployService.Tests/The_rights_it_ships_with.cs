using System.Text;
using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Tests.Support;
using DevopsCd.Testing;

namespace DevopsCd.DeployService.Tests;

public sealed class The_rights_it_ships_with(TestCluster cluster)
{
    private const string Account = "system:serviceaccount:devopscd:devopscd-deploy-service";

    [Fact]
    public async Task Are_enough_for_rolling_and_with_traffic_for_canary_and_blue_green()
    {
        await using var given = await WithShippedRightsAsync("target", "target-traffic");
        await cluster.GivenDeploymentAsync(given.Namespace, "shop", replicas: 2);
        await cluster.KubectlAsync("-n", given.Namespace, "create", "service", "clusterip", "shop", "--tcp=80:80");

        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2"));
        await given.UntilAsync("op-1", DeployPhases.Succeeded);
        await given.DeployAsync("op-2", given.Request("shop", "registry.example/app:3", new { type = "canary", steps = new[] { new { weight = 50 } } }));
        await given.UntilAsync("op-2", DeployPhases.Succeeded);
        await given.DeployAsync("op-3", given.Request("shop", "registry.example/app:4", new { type = "blue-green", service = "shop" }));
        await given.UntilAsync("op-3", DeployPhases.Succeeded);
        await given.CommandAsync("op-3", "rollback");
        await given.UntilAsync("op-3", DeployPhases.Stopped);

        (await given.DeploymentAsync("shop")).Image().ShouldBe("registry.example/app:3");
    }

    [Fact]
    public async Task Show_in_preflight_what_is_missing()
    {
        await using var given = await WithShippedRightsAsync("target");
        await cluster.GivenDeploymentAsync(given.Namespace, "shop");

        var rolling = await given.PreflightAsync(given.Request("shop", "registry.example/app:2"));
        var canary = await given.PreflightAsync(
            given.Request("shop", "registry.example/app:2", new { type = "canary", steps = new[] { new { weight = 50 } } }));

        rolling.Ok.ShouldBeTrue();
        canary.Ok.ShouldBeFalse();
        canary.Results[0].Problems["permissions"].ShouldBe(
            [$"not permitted in namespace '{given.Namespace}': create deployments, delete deployments, list horizontalpodautoscalers"]);
    }

    /// <summary>The test does what Argo's controller does; ReplicaSet and pod are the cluster's.</summary>
    [Fact]
    public async Task Are_enough_to_see_why_a_rollout_of_argo_has_failed()
    {
        await CustomResources.InstallAsync(cluster, KubeResource.Rollouts);
        await using var given = await WithShippedRightsAsync("target-argo-rollouts");
        await cluster.Api.CreateAsync(KubeResource.Rollouts, given.Namespace, new
        {
            apiVersion = "argoproj.io/v1alpha1",
            kind = "Rollout",
            metadata = new { name = "shop" },
            spec = new { replicas = 1, template = new { spec = KubeTestExtensions.PodSpec("registry.example/app:1") } }
        }, dryRun: false, default);
        cluster.Puppets.HasWritten(given.Namespace, now: "starting", before: "fatal: no ledger\n");

        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:crash", new { type = "argo-rollouts" }, "Rollout"));
        var written = await Eventually.Sees(RolloutAsync, r => r.Image() == "registry.example/app:crash", "the image is written");
        await cluster.Api.CreateAsync(KubeResource.ReplicaSets, given.Namespace, new
        {
            apiVersion = "apps/v1",
            kind = "ReplicaSet",
            metadata = new
            {
                name = "shop-new",
                ownerReferences = new[]
                {
                    new { apiVersion = "argoproj.io/v1alpha1", kind = "Rollout", name = "shop", uid = written.Uid, controller = true }
                }
            },
            spec = new
            {
                replicas = 1,
                selector = new { matchLabels = new { app = "shop" } },
                template = new
                {
                    metadata = new { labels = new { app = "shop" } },
                    spec = KubeTestExtensions.PodSpec("registry.example/app:crash", puppets: true)
                }
            }
        }, dryRun: false, default);
        await Eventually.Sees(async () => (await cluster.Api.ListAsync(KubeResource.Pods, given.Namespace, "app=shop", null, default)).Items,
            pods => pods.Any(p => p.Root.Items("status", "containerStatuses").Any(c => c.Text("state", "waiting", "reason") == "CrashLoopBackOff")),
            "the new pod crashes", TimeSpan.FromMinutes(2));
        await StatusAsync(new { phase = "Degraded", message = "ProgressDeadlineExceeded", observedGeneration = written.Generation.ToString() });
        var returned = await Eventually.Sees(RolloutAsync, r => r.Image() == "registry.example/app:1", "the old template is back");
        await StatusAsync(new { phase = "Healthy", observedGeneration = returned.Generation.ToString() });
        var cause = (await given.UntilAsync("op-1", DeployPhases.Failed)).Cause.ShouldNotBeNull();

        (cause.Class, cause.Reason, cause.Container).ShouldBe((DeployCauseClasses.Crash, "CrashLoopBackOff", "app"));
        cause.Pod!.ShouldStartWith("shop-new-");
        cause.LastLines.ShouldBe(["fatal: no ledger"]);

        Task<KubeObject> RolloutAsync() => cluster.Api.GetAsync(KubeResource.Rollouts, given.Namespace, "shop", default);

        Task StatusAsync(object status) => cluster.Api.MergeStatusAsync(KubeResource.Rollouts, given.Namespace, "shop", new { status }, default);
    }

    [Theory]
    [InlineData("target")]
    [InlineData("target-traffic")]
    [InlineData("target-argo-rollouts")]
    [InlineData("target-argocd")]
    [InlineData("target-flux")]
    [InlineData("records")]
    public async Task Equal_the_golden_list(string folder)
    {
        var ns = folder == "records" ? "devopscd-operations" : await cluster.NamespaceAsync();
        await ApplyAsync(folder, ns);

        var listed = await cluster.KubectlAsync("auth", "can-i", "--list", "-n", ns, "--as", Account);
        // What everybody may do (ask for his own rights, read the API's description) is not ours to list.
        var rights = listed.Split('\n').Skip(1).Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(l => l.Length > 3 && !l[0].StartsWith('[') && !l[0].StartsWith("selfsubject", StringComparison.Ordinal))
            .Select(l => $"{l[0]} {string.Join(' ', l[3..])}").Order(StringComparer.Ordinal);

        var golden = await File.ReadAllTextAsync(Repository.PathTo("tests", "DevopsCd.DeployService.Tests", "Golden", $"rights-{folder}.txt"));
        string.Join('\n', rights).ShouldBe(golden.Trim());
    }

    /// <summary>A service that runs as the shipped service account and nothing more.</summary>
    private async Task<Given> WithShippedRightsAsync(params string[] folders)
    {
        var given = await Given.NothingYetAsync(cluster);
        foreach (var folder in folders)
            await ApplyAsync(folder, given.Namespace);
        await ApplyAsync("records", given.Records);
        given.Settings["deploy_service:clusters:test:kubeconfig"] = await KubeconfigOfAccountAsync();
        await given.StartAsync();
        return given;
    }

    private async Task ApplyAsync(string folder, string ns)
    {
        await EnsureAsync(KubeResource.Namespaces, null, "devopscd", new { apiVersion = "v1", kind = "Namespace", metadata = new { name = "devopscd" } });
        var accounts = new KubeResource("", "v1", "serviceaccounts", "ServiceAccount");
        await EnsureAsync(accounts, "devopscd", "devopscd-deploy-service",
            new { apiVersion = "v1", kind = "ServiceAccount", metadata = new { name = "devopscd-deploy-service" } });
        var manifest = await cluster.KubectlAsync("kustomize", Repository.PathTo("infra", "kubernetes", folder));
        // The tests have records namespaces of their own; everything else is applied as shipped.
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, manifest.Replace("namespace: devopscd-operations", $"namespace: {ns}", StringComparison.Ordinal)
            .Replace("name: devopscd-operations", $"name: {ns}", StringComparison.Ordinal));
        await cluster.KubectlAsync("-n", ns, "apply", "--validate=false", "-f", file);
    }

    private async Task<string> KubeconfigOfAccountAsync()
    {
        var accounts = new KubeResource("", "v1", "serviceaccounts", "ServiceAccount");
        var secrets = new KubeResource("", "v1", "secrets", "Secret");
        var account = await Eventually.Sees(() => cluster.Api.GetAsync(accounts, "devopscd", "devopscd-deploy-service", default),
            a => a.Root.Items("secrets").Length > 0, "the account has a token");
        var secret = await cluster.Api.GetAsync(secrets, "devopscd", account.Root.Items("secrets")[0].Text("name")!, default);
        var token = Encoding.UTF8.GetString(Convert.FromBase64String(secret.Root.Text("data", "token")!));
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file,
            System.Text.RegularExpressions.Regex.Replace(await File.ReadAllTextAsync(cluster.Kubeconfig), "token: [0-9a-f]+", $"token: {token}"));
        return file;
    }

    private async Task EnsureAsync(KubeResource resource, string? ns, string name, object body)
    {
        try
        {
            if (await cluster.Api.FindAsync(resource, ns, name, default) is null)
                await cluster.Api.CreateAsync(resource, ns, body, dryRun: false, default);
        }
        catch (KubeException exists) when (exists.AlreadyExists)
        {
            // Another test was faster.
        }
    }
}
