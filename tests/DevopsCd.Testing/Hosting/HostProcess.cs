using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace DevopsCd.Testing.Hosting;

/// <summary>
/// The built host as a process of its own, on a free loopback port, configured through its environment: for what only a real process
/// can show, such as `kill -9`. Several can run at once. Its output is kept in a file and its last lines in memory.
/// </summary>
public sealed class HostProcess : IAsyncDisposable
{
    private const int Terminate = 15, LinesKept = 200;

    private readonly Dictionary<string, string> environment;
    private readonly ConcurrentQueue<string> tail = [];
    private readonly StreamWriter log;
    private readonly string link;
    private readonly Lock writing = new();
    private Process? process;

    /// <param name="name">Names the log file and the process in messages.</param>
    /// <param name="settings">The configuration.</param>
    public HostProcess(string name, HostSettings settings)
    {
        Name = name;
        BaseUrl = new Uri($"http://127.0.0.1:{FreePort.Next()}/");
        Folder = Directory.CreateTempSubdirectory($"devopscd-{name}-").FullName;
        environment = new(settings.Values)
        {
            ["ASPNETCORE_CONTENTROOT"] = Path.GetDirectoryName(Program)!,
            ["ASPNETCORE_URLS"] = BaseUrl.ToString(),
        };
        // Under its own name, so that process lists tell one from the other; the runtime follows the link to the program's folder.
        link = Path.Combine(Folder, $"{name}.dll");
        File.CreateSymbolicLink(link, Program);
        log = new StreamWriter(LogPath) { AutoFlush = true };
        Http = new HttpClient { BaseAddress = BaseUrl, Timeout = TimeSpan.FromSeconds(15) };
    }

    public string Name { get; }

    public Uri BaseUrl { get; }

    /// <summary>Where it runs: the embedded mode's database is below it.</summary>
    public string Folder { get; }

    public string LogPath => Path.Combine(Folder, "host.log");

    public HttpClient Http { get; }

    public bool IsRunning => process is { HasExited: false };

    /// <summary>The last lines of its output.</summary>
    public string LogTail => string.Join(Environment.NewLine, tail);

    /// <summary>Times it was started.</summary>
    public int Starts { get; private set; }

    public static async Task<HostProcess> StartNewAsync(string name, HostSettings settings)
    {
        var host = new HostProcess(name, settings);

        try
        {
            await host.StartAsync().ConfigureAwait(false);
            return host;
        }
        catch
        {
            await host.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Starts it and waits until it says that it is ready.</summary>
    public async Task StartAsync(TimeSpan? within = null)
    {
        Launch();
        await UntilReadyAsync(within).ConfigureAwait(false);
    }

    /// <summary>Starts it without waiting.</summary>
    public void Launch()
    {
        if (IsRunning) throw new InvalidOperationException($"{Name} runs already");
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(link);
        foreach (var (key, value) in environment) start.Environment[key] = value;
        // What the test run is configured with is not meant for the host.
        foreach (var name in start.Environment.Keys.Where(key => key.StartsWith("MSBUILD", StringComparison.Ordinal) || key is "DOTNET_STARTUP_HOOKS").ToList())
            start.Environment.Remove(name);

        process = Process.Start(start)!;
        process.StandardInput.Close();
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        Starts++;
    }

    public async Task UntilReadyAsync(TimeSpan? within = null)
    {
        try
        {
            await Eventually.IsTrue(
                async () =>
                {
                    if (!IsRunning) throw new HostEndedException(Name, process!.ExitCode, LogTail);
                    using var answer = await Http.GetAsync("health/ready").ConfigureAwait(false);
                    return answer.IsSuccessStatusCode;
                },
                $"{Name} is ready at {BaseUrl}health/ready",
                within ?? TimeSpan.FromMinutes(3)).ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message}{Environment.NewLine}{LogTail}", e);
        }
    }

    /// <summary>`kill -9`: no last word.</summary>
    public async Task Kill9Async()
    {
        if (process is null) return;
        process.Kill();
        await process.WaitForExitAsync().ConfigureAwait(false);
    }

    /// <summary>SIGTERM, as an orchestrator does; returns the exit code.</summary>
    public async Task<int> StopAsync(TimeSpan? within = null)
    {
        if (!IsRunning) throw new InvalidOperationException($"{Name} does not run");
        if (Signal(process!.Id, Terminate) != 0) throw new InvalidOperationException($"{Name} could not be signalled");
        await process.WaitForExitAsync().WaitAsync(within ?? TimeSpan.FromSeconds(30)).ConfigureAwait(false);
        return process.ExitCode;
    }

    public async Task RestartAsync()
    {
        await Kill9Async().ConfigureAwait(false);
        await StartAsync().ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (IsRunning) await Kill9Async().ConfigureAwait(false);
        process?.Dispose();
        Http.Dispose();
        lock (writing) log.Dispose();
    }

    private static string Program
    {
        get
        {
            // …/bin/Debug/net10.0/ of whoever runs this: the host was built the same way.
            var framework = new DirectoryInfo(AppContext.BaseDirectory);
            var path = Repository.PathTo("src", "DevopsCd.Host", "bin", framework.Parent!.Name, framework.Name, "DevopsCd.Host.dll");
            return File.Exists(path) ? path : throw new FileNotFoundException($"The host is not built: {path}");
        }
    }

    private void Keep(string? line)
    {
        if (line is null) return;
        tail.Enqueue(line);
        while (tail.Count > LinesKept) tail.TryDequeue(out _);
        lock (writing)
            if (log.BaseStream is { CanWrite: true })
                log.WriteLine(line);
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Signal(int processId, int signal);
}
