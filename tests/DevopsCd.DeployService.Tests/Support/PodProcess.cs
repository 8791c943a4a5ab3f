using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using DevopsCd.Testing;
using k8s;
using k8s.Models;

namespace DevopsCd.DeployService.Tests.Support;

/// <summary>
/// The container of a pod as a process: what a kubelet does, without images and pod networks, which there are none of here. The program and its
/// variables are as the Dockerfile says; configuration, Secrets, volumes, user, the read-only root, capabilities, ports, probes and the end are as
/// the Deployment says, which is read from the API server. The root file system has the machine's libraries, the built program and nothing else.
/// A seccomp profile, limits of memory and network policies are not put into effect.
/// </summary>
internal sealed class PodProcess : IAsyncDisposable
{
    private const int Terminate = 15, LinesKept = 2000;
    private const string Home = "/home/app";
    private const string TokenFolder = "/var/run/secrets/kubernetes.io/serviceaccount";

    private readonly TestCluster _cluster;
    private readonly V1Deployment _deployment;
    private readonly ContainerImage _image;
    private readonly string _folder = Directory.CreateTempSubdirectory("devopscd-pod-").FullName;
    private readonly Dictionary<string, string> _variables = new(StringComparer.Ordinal);
    private readonly List<(string At, string Mount)> _mounts = [];
    private readonly ConcurrentQueue<string> _output = [];
    private Process? _process;

    private PodProcess(TestCluster cluster, V1Deployment deployment, ContainerImage image, IPAddress address) =>
        (_cluster, _deployment, _image, Address) = (cluster, deployment, image, address);

    public IPAddress Address { get; }

    public string Output => string.Join(Environment.NewLine, _output);

    public bool IsRunning => _process is { HasExited: false };

    /// <summary>Memory that it has in use at present.</summary>
    public long ResidentBytes
    {
        get
        {
            _process!.Refresh();
            return _process.WorkingSet64;
        }
    }

    public Uri Url => new($"http://{Address}:{Port("http")}/");

    private V1PodSpec Pod => _deployment.Spec.Template.Spec;

    private V1Container Container => Pod.Containers.Single();

    private string Namespace => _deployment.Metadata.NamespaceProperty;

    private long User => Container.SecurityContext?.RunAsUser ?? Pod.SecurityContext.RunAsUser!.Value;

    private long Group => Pod.SecurityContext.RunAsGroup ?? 0;

    private long FilesGroup => Pod.SecurityContext.FsGroup ?? 0;

    /// <summary>Starts one pod of a Deployment that has been applied.</summary>
    /// <param name="cluster">Where it has been applied.</param>
    /// <param name="deployment">Its name in <c>devopscd</c>.</param>
    /// <param name="image">Its image.</param>
    /// <param name="address">The pod's address: one of 127.0.0.0/8 that nobody else has.</param>
    /// <param name="services">Addresses of Services, as the cluster's DNS would tell them.</param>
    /// <param name="claims">A folder for each persistent volume claim that it mounts.</param>
    public static async Task<PodProcess> StartAsync(TestCluster cluster, string deployment, string image, IPAddress address,
        IReadOnlyDictionary<string, IPAddress>? services = null, IReadOnlyDictionary<string, string>? claims = null)
    {
        var json = await cluster.KubectlAsync("-n", "devopscd", "get", "deployment", deployment, "-o", "json");
        var pod = new PodProcess(cluster, KubernetesJson.Deserialize<V1Deployment>(json), await ContainerImage.ReadAsync(image), address);
        try
        {
            await pod.ConfigureAsync();
            await pod.MountAsync(claims ?? new Dictionary<string, string>());
            await File.WriteAllLinesAsync(pod.PathOf("hosts"), ["127.0.0.1 localhost", .. (services ?? new Dictionary<string, IPAddress>()).Select(service =>
                $"{service.Value} {service.Key} {service.Key}.{pod.Namespace} {service.Key}.{pod.Namespace}.svc.cluster.local")]);
            await File.WriteAllLinesAsync(pod.PathOf("passwd"), ["root:x:0:0:root:/root:/bin/sh", $"app:x:1654:1654::{Home}:/bin/sh"]);
            pod.Launch();
            return pod;
        }
        catch
        {
            await pod.DisposeAsync();
            throw;
        }
    }

    /// <summary>As a kubelet does: the start-up probe within its tries, then readiness.</summary>
    public async Task UntilReadyAsync()
    {
        var patience = TimeSpan.FromSeconds(Container.StartupProbe.FailureThreshold!.Value * Container.StartupProbe.PeriodSeconds!.Value);
        try
        {
            foreach (var (probe, name) in new[] { (Container.StartupProbe, "started"), (Container.ReadinessProbe, "ready") })
                await Eventually.IsTrue(() => IsRunning ? PassesAsync(probe) : throw new HopelessException($"{_deployment.Metadata.Name} ended"),
                    $"{_deployment.Metadata.Name} is {name}", patience);
        }
        catch (Exception notReady) when (notReady is TimeoutException or HopelessException)
        {
            throw new InvalidOperationException($"{notReady.Message}{Environment.NewLine}{Output}", notReady);
        }
    }

    public Task<bool> IsLiveAsync() => PassesAsync(Container.LivenessProbe);

    /// <summary>As a kubelet does: what has to run before, then SIGTERM; the exit code.</summary>
    /// <param name="meanwhile">What goes on while it still runs.</param>
    /// <exception cref="TimeoutException">It would have been killed: the grace period was over.</exception>
    public async Task<int> EndAsync(Func<Task> meanwhile)
    {
        var grace = TimeSpan.FromSeconds(Pod.TerminationGracePeriodSeconds!.Value);
        var started = Stopwatch.GetTimestamp();
        using var before = Process.Start(new ProcessStartInfo("nsenter",
            [$"--target={_process!.Id}", "--mount", "--root", "--wd", .. Container.Lifecycle.PreStop.Exec.Command]))!;
        await meanwhile();
        await before.WaitForExitAsync();
        if (before.ExitCode != 0)
            throw new InvalidOperationException($"{string.Join(' ', Container.Lifecycle.PreStop.Exec.Command)} ended with {before.ExitCode}");
        if (Signal(_process.Id, Terminate) != 0)
            throw new InvalidOperationException("The pod could not be signalled");
        await _process.WaitForExitAsync().WaitAsync(grace - Stopwatch.GetElapsedTime(started));
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (IsRunning)
        {
            _process!.Kill();
            await _process.WaitForExitAsync();
        }
        _process?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private string PathOf(string name) => Path.Combine(_folder, name);

    private int Port(string name) => Container.Ports.Single(port => port.Name == name).ContainerPort;

    /// <summary>The image's variables, then those of the manifest in their order, as a kubelet merges them.</summary>
    private async Task ConfigureAsync()
    {
        // What Microsoft's base image sets, and a container's runtime after its passwd.
        _variables["PATH"] = "/dotnet:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        _variables["DOTNET_RUNNING_IN_CONTAINER"] = "true";
        _variables["HOME"] = Home;
        foreach (var (name, value) in _image.Variables)
            _variables[name] = value;
        foreach (var source in Container.EnvFrom)
            foreach (var (name, value) in source.ConfigMapRef is { } config ? await ConfigMapAsync(config.Name) : await SecretAsync(source.SecretRef.Name))
                _variables[name] = value;
        foreach (var variable in Container.Env ?? [])
            _variables[variable.Name] = variable.Value ?? throw new NotSupportedException($"{variable.Name} comes from elsewhere");
        var server = KubernetesClientConfiguration.BuildConfigFromConfigFile(_cluster.Kubeconfig).Host;
        (_variables["KUBERNETES_SERVICE_HOST"], _variables["KUBERNETES_SERVICE_PORT"]) = (new Uri(server).Host, $"{new Uri(server).Port}");
        // Each pod has its own address; here they share the machine's.
        _variables["ASPNETCORE_URLS"] = _variables["ASPNETCORE_URLS"].Replace("+", $"{Address}", StringComparison.Ordinal);
    }

    private async Task<IDictionary<string, string>> ConfigMapAsync(string name) =>
        KubernetesJson.Deserialize<V1ConfigMap>(await _cluster.KubectlAsync("-n", Namespace, "get", "configmap", name, "-o", "json")).Data;

    private async Task<Dictionary<string, string>> SecretAsync(string name) =>
        KubernetesJson.Deserialize<V1Secret>(await _cluster.KubectlAsync("-n", Namespace, "get", "secret", name, "-o", "json")).Data
            .ToDictionary(entry => entry.Key, entry => Encoding.UTF8.GetString(entry.Value), StringComparer.Ordinal);

    private async Task MountAsync(IReadOnlyDictionary<string, string> claims)
    {
        foreach (var volume in Pod.Volumes)
        {
            var mount = Container.VolumeMounts.Single(m => m.Name == volume.Name);
            if (volume.EmptyDir is { } empty)
                _mounts.Add((mount.MountPath, string.Create(CultureInfo.InvariantCulture,
                    $"-t tmpfs -o mode=2777,gid={FilesGroup},size={empty.SizeLimit.ToInt64()} tmp")));
            else if (volume.Secret is { } secret)
                _mounts.Add((mount.MountPath, $"-o bind,ro {await FilesAsync(volume.Name, await SecretAsync(secret.SecretName), secret.DefaultMode!.Value)}"));
            else if (volume.PersistentVolumeClaim is { } claim)
            {
                await RunAsync("chown", $"0:{FilesGroup}", claims[claim.ClaimName]);
                await RunAsync("chmod", "2775", claims[claim.ClaimName]);
                _mounts.Add((mount.MountPath, $"-o bind {claims[claim.ClaimName]}"));
            }
            else
                throw new NotSupportedException($"volume {volume.Name}");
        }
        if ((Pod.AutomountServiceAccountToken ?? await AccountMountsTokenAsync()) is false)
            return;
        var token = (await TokenOfAsync()).Where(entry => entry.Key is "token" or "ca.crt" or "namespace").ToDictionary();
        _mounts.Add((TokenFolder, $"-o bind,ro {await FilesAsync("token", token, 0b110_100_100)}"));
    }

    private async Task<bool> AccountMountsTokenAsync() => (await AccountAsync()).AutomountServiceAccountToken ?? true;

    private async Task<V1ServiceAccount> AccountAsync() => KubernetesJson.Deserialize<V1ServiceAccount>(
        await _cluster.KubectlAsync("-n", Namespace, "get", "serviceaccount", Pod.ServiceAccountName, "-o", "json"));

    private async Task<Dictionary<string, string>> TokenOfAsync() => await SecretAsync((await Eventually.Sees(AccountAsync,
        account => account.Secrets is { Count: > 0 }, $"{Pod.ServiceAccountName} has a token")).Secrets[0].Name);

    private async Task<string> FilesAsync(string name, IReadOnlyDictionary<string, string> files, int mode)
    {
        var folder = Directory.CreateDirectory(PathOf(name)).FullName;
        foreach (var (file, text) in files)
            await File.WriteAllTextAsync(Path.Combine(folder, file), text);
        await RunAsync("chown", "-R", $"0:{FilesGroup}", folder);
        await RunAsync("chmod", "755", folder);
        foreach (var file in files.Keys)
            await RunAsync("chmod", Convert.ToString(mode, 8), Path.Combine(folder, file));
        return folder;
    }

    private void Launch()
    {
        var start = new ProcessStartInfo("/usr/bin/unshare", ["--mount", "--propagation", "private", "/bin/sh", WriteScript()])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true
        };
        start.Environment.Clear();
        foreach (var (name, value) in _variables)
            start.Environment[name] = value;
        _process = Process.Start(start)!;
        _process.StandardInput.Close();
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>What makes the container of this process and then becomes the program. It takes root, as the tests have in CI.</summary>
    private string WriteScript()
    {
        var program = _image.Entrypoint[^1];
        var framework = new DirectoryInfo(AppContext.BaseDirectory);
        var built = Repository.PathTo("src", Path.GetFileNameWithoutExtension(program), "bin", framework.Parent!.Name, framework.Name);
        // …/dotnet/shared/Microsoft.NETCore.App/10.0.n/
        var dotnet = new DirectoryInfo(RuntimeEnvironment.GetRuntimeDirectory()).Parent!.Parent!.Parent!.FullName;
        var root = Directory.CreateDirectory(PathOf("root")).FullName;
        List<string> lines =
        [
            "set -eu",
            $"cd {root}",
            $"mount -t tmpfs -o mode=0755,size=1m root {root} && cd {root}",
            "there() { mkdir -p \".$2\" && mount --bind \"$1\" \".$2\" && mount -o remount,bind,ro \".$2\"; }",
            "file() { mkdir -p \".${2%/*}\" && touch \".$2\" && mount --bind \"$1\" \".$2\"; }",
            "there /usr /usr",
            "for each in bin sbin lib lib64; do",
            "  if [ -L /$each ]; then ln -s \"$(readlink /$each)\" $each; elif [ -d /$each ]; then there /$each /$each; fi",
            "done",
            "for each in ld.so.cache nsswitch.conf; do file /etc/$each /etc/$each; done",
            "there /etc/ssl /etc/ssl",
            "there /sys /sys",
            "mkdir proc && mount --rbind /proc proc",
            "for each in null zero random urandom; do file /dev/$each /dev/$each; done",
            $"file {PathOf("hosts")} /etc/hosts",
            $"file {PathOf("passwd")} /etc/passwd",
            $"mkdir -p .{Home} && chown 1654:1654 .{Home}",
            $"there {dotnet} /dotnet",
            $"there {built} {_image.Folder}",
            .. StaticFiles(built, program).Select(folder => $"there {folder} {folder}"),
            .. _mounts.Select(mount => $"mkdir -p .{mount.At} && mount {mount.Mount} .{mount.At}"),
            Container.SecurityContext.ReadOnlyRootFilesystem == true ? $"mount -o remount,ro {root}" : "",
            string.Join(' ', ["exec", "chroot", ".", "/usr/bin/setpriv", $"--reuid={User}", $"--regid={Group}",
                FilesGroup > 0 ? $"--groups={FilesGroup}" : "--clear-groups",
                Container.SecurityContext.AllowPrivilegeEscalation == false ? "--no-new-privs" : "",
                Container.SecurityContext.Capabilities?.Drop?.Contains("ALL") == true ? "--inh-caps=-all --bounding-set=-all" : "",
                "--", "/usr/bin/env", $"--chdir={_image.Folder}", .. _image.Entrypoint])
        ];
        var script = PathOf("container");
        File.WriteAllLines(script, lines);
        return script;
    }

    /// <summary>Where a program that was only built finds what an image has in wwwroot.</summary>
    private static IEnumerable<string> StaticFiles(string built, string program)
    {
        var list = Path.Combine(built, $"{Path.GetFileNameWithoutExtension(program)}.staticwebassets.runtime.json");
        if (!File.Exists(list))
            return [];
        using var document = JsonDocument.Parse(File.ReadAllText(list));
        return [.. document.RootElement.GetProperty("ContentRoots").EnumerateArray().Select(folder => folder.GetString()!.TrimEnd('/'))
            .Where(Directory.Exists)];
    }

    private async Task<bool> PassesAsync(V1Probe probe)
    {
        var port = Port(probe.HttpGet.Port.Value);
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(probe.TimeoutSeconds ?? 1) };
        try
        {
            using var answer = await http.GetAsync(new Uri($"http://{Address}:{port}{probe.HttpGet.Path}"));
            return (int)answer.StatusCode is >= 200 and < 400;
        }
        catch (Exception none) when (none is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }

    private void Keep(string? line)
    {
        if (line is null)
            return;
        _output.Enqueue(line);
        while (_output.Count > LinesKept)
            _output.TryDequeue(out _);
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}");
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Signal(int processId, int signal);
}
