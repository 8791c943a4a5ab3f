using System.Diagnostics;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Tests.Support;
using DevopsCd.Testing;
using k8s;
using k8s.Models;

namespace DevopsCd.DeployService.Tests;

/// <summary>
/// <c>infra/kubernetes</c> as infra/operate.md installs it: applied to the cluster, with the Secrets that its script makes, and each pod started as a
/// process from what the API server then says. Only images, pod networks and what limits them are not real (<see cref="PodProcess" />).
/// </summary>
public sealed partial class An_installation_from_the_manifests(TestCluster cluster) : IAsyncDisposable
{
    private const string Own = "devopscd", Shop = "shop", Password = "a long way to Tipperary";

    private readonly List<PodProcess> _pods = [];
    private int _addresses = 10;
    private readonly string _application = $"web-{Environment.ProcessId}";
    private readonly string _network = $"127.{Random.Shared.Next(20, 250)}.{Random.Shared.Next(1, 250)}";
    private readonly string _folder = Directory.CreateTempSubdirectory("devopscd-installation-").FullName;

    [Fact]
    public async Task Carries_a_batch_to_its_acceptance_while_a_host_is_taken_away()
    {
        await using var database = await PostgresDatabase.CreateAsync();
        await using var broker = await RabbitVirtualHost.CreateAsync();
        var (host, reporter) = (await UserAsync(broker, "devopscd"), await UserAsync(broker, "devopscd-deploy"));
        await InstallAsync("host/overlays/ha", new()
        {
            ["core__storage__connection_string"] = database.ConnectionString,
            ["core__rabbitmq__url"] = new UriBuilder(host) { UserName = "", Password = "" }.Uri.ToString(),
            ["core__rabbitmq__username"] = host.UserInfo.Split(':')[0],
            ["core__rabbitmq__password"] = host.UserInfo.Split(':')[1],
            ["deploy_service__callback__kind"] = "rabbitmq",
            ["deploy_service__callback__url"] = reporter.ToString()
        });
        await cluster.GivenDeploymentAsync(Shop, _application);
        await cluster.GivenDeploymentAsync(Shop, $"{_application}-live");

        var replicas = await UntilScheduledApartAsync();
        await StartAsync("deploy-service", "DeployService");
        await using var service = await ServiceAsync("deploy-service", _pods[0]);
        await Task.WhenAll(Enumerable.Range(0, replicas).Select(_ => StartAsync("host", "Host",
            new Dictionary<string, IPAddress> { ["deploy-service"] = IPAddress.Parse($"{_network}.1") })));
        await Task.WhenAll(_pods.Select(pod => pod.UntilReadyAsync()));
        var hosts = _pods.Skip(1).ToList();
        var (ann, bob) = await PeopleAsync(hosts);
        await CatalogueAsync(ann[0]);
        var batch = (await SendAsync(ann[0], HttpMethod.Post, "batches", new { title = "The first", releases = new[] { new { application = _application } } }))
            .GetProperty("id").GetInt64();
        // What somebody may do is known to every host within seconds.
        await UntilAsync(bob[1], batch, 0);
        await RaiseAsync(bob[1], batch, "approve");
        await RaiseAsync(ann[1], batch, "confirm_tag");
        await UntilAsync(ann[0], batch, 22);
        var afterPre = await ImageAsync(_application);
        var (live, resident) = (await Task.WhenAll(_pods.Select(pod => pod.IsLiveAsync())), hosts.Max(pod => pod.ResidentBytes));
        var code = await hosts[0].EndAsync(meanwhile: () => RaiseAsync(bob[0], batch, "start_prod_deploy"));
        await UntilAsync(ann[1], batch, 32);
        await RaiseAsync(bob[1], batch, "final_accept");
        await UntilAsync(ann[1], batch, 40);
        var evidence = await EvidenceAsync(ann[1], batch);

        var image = $"registry.example/{_application}:1.0.1@sha256:{1:x64}";
        afterPre.ShouldBe(image);
        (await ImageAsync($"{_application}-live")).ShouldBe(image);
        live.ShouldAllBe(alive => alive);
        code.ShouldBe(0, hosts[0].Output);
        resident.ShouldBeLessThan((await DeploymentAsync("host")).Spec.Template.Spec.Containers[0].Resources.Limits["memory"].ToInt64());
        evidence.ShouldContain("evidence.sig");
        var key = await File.ReadAllTextAsync(Path.Combine(_folder, "keys", "api-key"));
        foreach (var secret in new[] { host.UserInfo.Split(':')[1], reporter.UserInfo.Split(':')[1], key })
            foreach (var pod in _pods)
                pod.Output.ShouldNotContain(secret.Trim());
    }

    [Fact]
    public async Task Keeps_on_its_volume_what_a_single_host_has_stored()
    {
        await InstallAsync("host/overlays/single", []);
        var volume = Directory.CreateDirectory(Path.Combine(_folder, "claim")).FullName;
        var claims = new Dictionary<string, string> { ["host-data"] = volume };

        await StartAsync("host", "Host", claims: claims);
        await _pods[0].UntilReadyAsync();
        var (ann, _) = await PeopleAsync(_pods);
        await SendAsync(ann[0], HttpMethod.Post, "applications", new { name = "kept", appType = "service", repository = "https://git.example/kept" });
        var code = await _pods[0].EndAsync(meanwhile: () => Task.CompletedTask);
        await StartAsync("host", "Host", claims: claims);
        await _pods[1].UntilReadyAsync();
        using var again = Client(_pods[1], ann[0].DefaultRequestHeaders.Authorization);
        var kept = await SendAsync(again, HttpMethod.Get, "applications/kept");

        code.ShouldBe(0, _pods[0].Output);
        kept.GetProperty("name").GetString().ShouldBe("kept");
        Directory.GetFiles(volume).Select(Path.GetFileName).ShouldContain("devopscd.db");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var pod in _pods)
            await pod.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
        await cluster.KubectlAsync("-n", Own, "delete", "--ignore-not-found", "--wait=false", "deployment/host", "deployment/deploy-service");
        await cluster.KubectlAsync("-n", Shop, "delete", "--ignore-not-found", "--wait=false", $"deployment/{_application}", $"deployment/{_application}-live");
    }

    /// <summary>The steps of infra/operate.md.</summary>
    private async Task InstallAsync(string overlay, Dictionary<string, string> settings)
    {
        await ApplyAsync(await File.ReadAllTextAsync(Repository.PathTo("infra", "kubernetes", "service", "namespace.yaml")));
        await ApplyAsync("apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n");
        settings["DEVOPSCD_KEYS"] = Path.Combine(_folder, "keys");
        await ApplyAsync(await SecretsAsync(settings));
        await ApplyAsync((await Manifests.OfAsync(cluster, "records")).ForTestCluster);
        await ApplyAsync((await Manifests.OfAsync(cluster, "target")).ForTestCluster, "-n", Shop);
        await ApplyAsync((await Manifests.OfAsync(cluster, "service")).ForTestCluster);
        await ApplyAsync((await Manifests.OfAsync(cluster, overlay)).ForTestCluster);
    }

    private static async Task<string> SecretsAsync(Dictionary<string, string> settings)
    {
        var start = new ProcessStartInfo(Repository.PathTo("infra", "kubernetes", "secrets")) { RedirectStandardOutput = true };
        foreach (var (name, value) in settings)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var written = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? written : throw new InvalidOperationException($"infra/kubernetes/secrets ended with {process.ExitCode}");
    }

    private async Task ApplyAsync(string yaml, params string[] options)
    {
        var file = Path.Combine(_folder, "applied.yaml");
        await File.WriteAllTextAsync(file, yaml);
        try
        {
            await cluster.KubectlAsync(["apply", .. options, "-f", file]);
        }
        catch (InvalidOperationException twice) when (twice.Message.Contains("AlreadyExists", StringComparison.Ordinal))
        {
            // Another test has just made the namespace or the account, which both share.
            await cluster.KubectlAsync(["apply", .. options, "-f", file]);
        }
    }

    /// <summary>A user of the broker with the rights that infra/rabbitmq/definitions.json gives.</summary>
    private static async Task<Uri> UserAsync(RabbitVirtualHost broker, string user)
    {
        using var definitions = JsonDocument.Parse(await File.ReadAllTextAsync(Repository.PathTo("infra", "rabbitmq", "definitions.json")));
        var rights = definitions.RootElement.GetProperty("permissions").EnumerateArray().Single(entry => entry.GetProperty("user").GetString() == user);
        return await broker.CreateUserAsync(Pattern("configure"), Pattern("write"), Pattern("read"));

        string Pattern(string right) => rights.GetProperty(right).GetString()!;
    }

    private async Task<V1Deployment> DeploymentAsync(string name) =>
        KubernetesJson.Deserialize<V1Deployment>(await cluster.KubectlAsync("-n", Own, "get", "deployment", name, "-o", "json"));

    /// <summary>How many hosts the Deployment wants, once the scheduler has found a machine of its own for each.</summary>
    private async Task<int> UntilScheduledApartAsync()
    {
        var replicas = (await DeploymentAsync("host")).Spec.Replicas!.Value;
        await Eventually.Sees(
            async () => (await cluster.KubectlAsync("-n", Own, "get", "pods", "-l", "app.kubernetes.io/name=devopscd-host", "-o",
                "jsonpath={.items[*].spec.nodeName}")).Split(' ', StringSplitOptions.RemoveEmptyEntries),
            nodes => nodes.Length == replicas && nodes.Distinct(StringComparer.Ordinal).Count() == replicas, "each host has a machine of its own",
            TimeSpan.FromMinutes(1));
        return replicas;
    }

    private async Task StartAsync(string deployment, string image, IReadOnlyDictionary<string, IPAddress>? services = null,
        IReadOnlyDictionary<string, string>? claims = null)
    {
        var address = IPAddress.Parse($"{_network}.{Interlocked.Increment(ref _addresses)}");
        var pod = await PodProcess.StartAsync(cluster, deployment, image, address, services, claims);
        lock (_pods)
            _pods.Add(pod);
    }

    /// <summary>A Service at an address of its own, as kube-proxy would have it lead to a pod.</summary>
    private async Task<TcpRelay> ServiceAsync(string name, PodProcess pod)
    {
        var service = KubernetesJson.Deserialize<V1Service>(await cluster.KubectlAsync("-n", Own, "get", "service", name, "-o", "json"));
        var (deployment, port) = (await DeploymentAsync(name), service.Spec.Ports.Single());
        service.Spec.Selector.ShouldBeSubsetOf(deployment.Spec.Template.Metadata.Labels);
        var target = deployment.Spec.Template.Spec.Containers[0].Ports.Single(p => p.Name == port.TargetPort.Value).ContainerPort;
        return TcpRelay.At(new(IPAddress.Parse($"{_network}.1"), port.Port), $"{pod.Address}", target);
    }

    /// <summary>Two people, each with a client for every host: the one that the first start's link lets in, and one whom that one invites.</summary>
    private static async Task<(IReadOnlyList<HttpClient> Ann, IReadOnlyList<HttpClient> Bob)> PeopleAsync(IReadOnlyList<PodProcess> hosts)
    {
        var link = await Eventually.Sees(() => Task.FromResult(hosts.Select(host => Link().Match(host.Output)).FirstOrDefault(found => found.Success)),
            found => found is not null, "a link to the first account is logged");
        var ann = await TokenAsync(hosts[0], link!.Groups["token"].Value, "ann");
        using var http = Client(hosts[0], ann);
        var path = (await SendAsync(http, HttpMethod.Post, "access/accounts", new { name = "bob" })).GetProperty("path").GetString()!;
        var bob = await TokenAsync(hosts[^1], path.Split('=')[1], "bob");
        await SendAsync(http, HttpMethod.Put, "access/bindings", new { subject = "user:bob", role = "admin", project = "*" });
        return ([.. hosts.Select(host => Client(host, ann))], [.. hosts.Select(host => Client(host, bob))]);
    }

    /// <summary>Sets a password by a link, and makes an API token as the person who is then logged in.</summary>
    private static async Task<AuthenticationHeaderValue> TokenAsync(PodProcess host, string secret, string name)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = host.Url };
        using var set = await http.PostAsJsonAsync("api/v1/access/password", new { token = secret, name, password = Password });
        set.StatusCode.ShouldBe(HttpStatusCode.NoContent, await set.Content.ReadAsStringAsync());
        http.DefaultRequestHeaders.Add("Cookie", set.Headers.GetValues("Set-Cookie").First().Split(';')[0]);
        http.DefaultRequestHeaders.Add("Sec-Fetch-Site", "same-origin");
        return new("Bearer", (await SendAsync(http, HttpMethod.Post, "access/tokens", new { name = "test" })).GetProperty("token").GetString()!);
    }

    private static HttpClient Client(PodProcess host, AuthenticationHeaderValue? token)
    {
        var http = new HttpClient { BaseAddress = host.Url };
        http.DefaultRequestHeaders.Authorization = token;
        return http;
    }

    private async Task CatalogueAsync(HttpClient http)
    {
        await SendAsync(http, HttpMethod.Post, "applications", new { name = _application, appType = "service", repository = "https://git.example/web" });
        foreach (var (stage, workload) in new[] { ("pre", _application), ("prod", $"{_application}-live") })
            await SendAsync(http, HttpMethod.Put, $"applications/{_application}/targets/{stage}/home",
                new { @namespace = Shop, workload = new { kind = "Deployment", name = workload, container = "app" }, strategy = new { type = "rolling" } });
        await SendAsync(http, HttpMethod.Post, "builds", Testing.Hosting.CdApi.Build(_application, 1));
    }

    private static Task RaiseAsync(HttpClient http, long batch, string batchEvent) =>
        SendAsync(http, HttpMethod.Post, $"batches/{batch}/events/{batchEvent}", new { });

    private static Task UntilAsync(HttpClient http, long batch, int state) => Eventually.Sees(() => SendAsync(http, HttpMethod.Get, $"batches/{batch}"),
        seen => seen.GetProperty("state").GetInt32() == state, $"the batch is in {state}", TimeSpan.FromMinutes(1));

    private static async Task<JsonElement> SendAsync(HttpClient http, HttpMethod method, string path, object? body = null)
    {
        var key = $"{Guid.NewGuid()}";
        // "Not now" of a busy machine is asked again under the same key, as a client does.
        var (status, text) = await Eventually.Sees(OnceAsync, answer => answer.Status != HttpStatusCode.ServiceUnavailable, $"{method} {path} is answered",
            TimeSpan.FromMinutes(2));
        ((int)status).ShouldBeInRange(200, 299, $"{method} {path} → {(int)status} {text}");
        return text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text);

        async Task<(HttpStatusCode Status, string Text)> OnceAsync()
        {
            using var request = new HttpRequestMessage(method, $"api/v1/{path}") { Content = body is null ? null : JsonContent.Create(body) };
            if (method == HttpMethod.Post)
                request.Headers.Add("Idempotency-Key", key);
            using var answer = await http.SendAsync(request);
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
        }
    }

    private static async Task<IReadOnlyList<string>> EvidenceAsync(HttpClient http, long batch)
    {
        await using var answer = await http.GetStreamAsync(new Uri($"api/v1/batches/{batch}/evidence", UriKind.Relative));
        using var zip = new ZipArchive(new MemoryStream(await ReadAsync(answer)));
        return [.. zip.Entries.Select(entry => entry.Name)];
    }

    private static async Task<byte[]> ReadAsync(Stream stream)
    {
        using var memory = new MemoryStream();
        await stream.CopyToAsync(memory);
        return memory.ToArray();
    }

    private async Task<string?> ImageAsync(string workload) => (await cluster.DeploymentAsync(Shop, workload)).Image();

    [GeneratedRegex(@"/setup\?token=(?<token>[\w-]{43})")]
    private static partial Regex Link();
}
