using DevopsCd.DeployService.Tests.Support;
using DevopsCd.Testing;
using k8s.Models;

namespace DevopsCd.DeployService.Tests;

/// <summary>What <c>infra/kubernetes</c> installs host and deploy service with.</summary>
public sealed class The_manifests(TestCluster cluster)
{
    public static TheoryData<string> Folders => ["host/overlays/single", "host/overlays/ha", "host/example", "service"];

    [Theory, MemberData(nameof(Folders))]
    public async Task Equal_the_golden_file(string folder)
    {
        var rendered = (await Manifests.OfAsync(cluster, folder)).Yaml;

        var golden = Repository.PathTo("tests", "DevopsCd.DeployService.Tests", "Golden", $"manifests-{folder.Split('/')[^1]}.yaml");
        if (Environment.GetEnvironmentVariable("DEVOPSCD_UPDATE_CONTRACTS") == "1")
            await File.WriteAllTextAsync(golden, rendered);
        rendered.ShouldBe(await File.ReadAllTextAsync(golden), $"{folder} is not what {golden} has; write it anew with DEVOPSCD_UPDATE_CONTRACTS=1");
    }

    [Theory, MemberData(nameof(Folders))]
    public async Task Are_taken_by_the_API_server(string folder)
    {
        var manifests = await Manifests.OfAsync(cluster, folder);
        if (manifests.All<PodMonitor>().Any())
            await CustomResources.InstallAsync(cluster, PodMonitor.Resource);
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, manifests.ForTestCluster.Replace("namespace: devopscd\n", "namespace: default\n", StringComparison.Ordinal));

        var taken = await cluster.KubectlAsync("apply", "--dry-run=server", "-f", file);

        taken.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(manifests.Objects.Count, taken);
    }

    [Fact]
    public void Would_be_refused_with_a_field_that_Kubernetes_does_not_have()
    {
        const string misspelt = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: host}
            spec: {template: {spec: {containers: [{name: host, readinesProbe: {}}]}}}
            """;

        Should.Throw<Exception>(() => Manifests.Read(misspelt)).ToString().ShouldContain("readinesProbe");
    }

    [Theory, MemberData(nameof(Folders))]
    public async Task Keep_the_restricted_profile_of_pod_security_and_the_least_rights(string folder)
    {
        foreach (var pod in (await Manifests.OfAsync(cluster, folder)).All<V1Deployment>().Select(d => d.Spec.Template.Spec))
        {
            var container = pod.Containers.ShouldHaveSingleItem();
            pod.SecurityContext.RunAsNonRoot.ShouldBe(true);
            pod.SecurityContext.RunAsUser.ShouldBe(1654);
            pod.SecurityContext.SeccompProfile.Type.ShouldBe("RuntimeDefault");
            container.SecurityContext.AllowPrivilegeEscalation.ShouldBe(false);
            container.SecurityContext.ReadOnlyRootFilesystem.ShouldBe(true);
            container.SecurityContext.Capabilities.Drop.ShouldBe(["ALL"]);
            container.SecurityContext.Capabilities.Add.ShouldBeNull();
            (pod.HostNetwork ?? pod.HostPID ?? pod.HostIPC ?? false).ShouldBeFalse();
            pod.EnableServiceLinks.ShouldBe(false);
            (pod.ServiceAccountName == "devopscd-host" ? pod.AutomountServiceAccountToken : false).ShouldBe(false);
            container.Resources.Limits.ShouldContainKey("memory");
            container.Resources.Requests.Keys.ShouldBe(["cpu", "memory"], ignoreOrder: true);
        }
    }

    [Theory, MemberData(nameof(Folders))]
    public async Task Hold_no_secret(string folder)
    {
        var manifests = await Manifests.OfAsync(cluster, folder);

        manifests.All<V1Secret>().ShouldBeEmpty();
        foreach (var (key, value) in manifests.All<V1ConfigMap>().SelectMany(config => config.Data))
            $"{key}={value}".ShouldNotMatch("(?i)(password|secret|api_key|token)(__|=)|password=|://[^/]*@");
    }

    [Theory, MemberData(nameof(Folders))]
    public async Task Select_the_pods_they_are_about(string folder)
    {
        var manifests = await Manifests.OfAsync(cluster, folder);
        var pod = manifests.All<V1Deployment>().ShouldHaveSingleItem().Spec.Template;
        IEnumerable<IDictionary<string, string>> selectors =
        [
            .. manifests.All<V1Service>().Select(service => service.Spec.Selector),
            .. manifests.All<V1NetworkPolicy>().Select(policy => policy.Spec.PodSelector.MatchLabels),
            .. manifests.All<V1PodDisruptionBudget>().Select(budget => budget.Spec.Selector.MatchLabels),
            .. manifests.All<PodMonitor>().Select(monitor => monitor.Spec.Selector.MatchLabels),
            .. pod.Spec.TopologySpreadConstraints?.Select(spread => spread.LabelSelector.MatchLabels) ?? []
        ];

        foreach (var selector in selectors)
            selector.ShouldBeSubsetOf(pod.Metadata.Labels);
        manifests.All<V1NetworkPolicy>().ShouldHaveSingleItem().Spec.PolicyTypes.ShouldBe(["Ingress", "Egress"]);
        manifests.All<V1Ingress>().SelectMany(ingress => ingress.Spec.Rules).SelectMany(rule => rule.Http.Paths).Select(path => path.Backend.Service.Name)
            .ShouldBeSubsetOf(manifests.All<V1Service>().Select(service => service.Metadata.Name));
    }

    [Fact]
    public async Task Have_every_pod_scraped_as_the_rules_ask_for_it()
    {
        var manifests = await Manifests.OfAsync(cluster, "host/example");

        var scraped = manifests.All<PodMonitor>().ShouldHaveSingleItem().Spec.PodMetricsEndpoints.ShouldHaveSingleItem();

        scraped.Port.ShouldBe(manifests.All<V1Deployment>().Single().Spec.Template.Spec.Containers[0].Ports.ShouldHaveSingleItem().Name);
        scraped.Path.ShouldBe("/metrics");
        (await File.ReadAllTextAsync(Repository.PathTo("infra", "observability", "rules", "alerts.yml")))
            .ShouldContain($"job=\"{scraped.Relabelings.Single(label => label.TargetLabel == "job").Replacement}\"");
    }

    /// <summary>A pod that is told to end has time for what it does then: its own limits stand in StartSetup of the host, and in the framework.</summary>
    [Theory]
    [InlineData("host/overlays/ha", 5 + 6)]
    [InlineData("service", 5 + 30)]
    public async Task Give_a_pod_the_time_that_its_end_takes(string folder, int seconds)
    {
        var pod = (await Manifests.OfAsync(cluster, folder)).All<V1Deployment>().Single().Spec.Template.Spec;

        pod.Containers[0].Lifecycle.PreStop.Exec.Command.ShouldBe(["sleep", "5"]);
        pod.TerminationGracePeriodSeconds.ShouldNotBeNull().ShouldBeGreaterThan(seconds);
    }

    [Theory]
    [InlineData("host/overlays/ha", "Host")]
    [InlineData("service", "DeployService")]
    public async Task Fit_the_image(string folder, string name)
    {
        var pod = (await Manifests.OfAsync(cluster, folder)).All<V1Deployment>().Single().Spec.Template.Spec;

        var image = await ContainerImage.ReadAsync(name);

        image.Variables["ASPNETCORE_URLS"].ShouldBe($"http://+:{pod.Containers[0].Ports.ShouldHaveSingleItem().ContainerPort}");
        image.Port.ShouldBe(pod.Containers[0].Ports[0].ContainerPort);
        pod.Containers[0].VolumeMounts.Select(mount => mount.MountPath).ShouldContain("/tmp");
    }
}
