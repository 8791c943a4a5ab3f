using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using DevopsCd.Testing.Contracts;

namespace DevopsCd.Testing.Hosting;

/// <summary>
/// The built host as a process of its own, on a free loopback port, configured through its environment: for what only a real process
/// can show, such as `kill -9`. Several can run at once. Its output is kept in a file and its last lines in memory.
/// </summary>
public sealed class HostProcess : IAsyncDisposable
{
    private const int Terminate = 15, Continue = 18, Stop = 19, LinesKept = 200;

    private readonly Dictionary<string, string> _environment;
    private readonly ConcurrentQueue<string> _tail = [];
    private readonly StreamWriter _log;
    private readonly string _link;
    private readonly Lock _writing = new();
    private Process? _process;

    /// <param name="name">Names the log file and the process in messages.</param>
    /// <param name="settings">The configuration.</param>
    public HostProcess(string name, HostSettings settings)
    {
        Name = name;
        BaseUrl = new Uri($"http://127.0.0.1:{FreePort.Next()}/");
        Folder = Directory.CreateTempSubdirectory($"devopscd-{name}-").FullName;
        _environment = new(settings.Values)
        {
            ["ASPNETCORE_URLS"] = BaseUrl.ToString(),
        };
        // Under its own name, so that process lists tell one from the other; the runtime follows the link to the program's folder.
        _link = Path.Combine(Folder, $"{name}.dll");
        File.CreateSymbolicLink(_link, settings.Program ?? Program);
        _log = new StreamWriter(LogPath) { AutoFlush = true };
        // Another version's answers are described in its own document.
        HttpMessageHandler answers = settings.Program is null ? new ContractHandler(OpenApiContract.Host) : new SocketsHttpHandler();
        Http = new HttpClient(answers) { BaseAddress = BaseUrl, Timeout = TimeSpan.FromSeconds(60) };
    }

    public string Name { get; }

    public Uri BaseUrl { get; }

    /// <summary>Where it runs: the embedded mode's database is below it.</summary>
    public string Folder { get; }

    public string LogPath => Path.Combine(Folder, "host.log");

    public HttpClient Http { get; }

    public bool IsRunning => _process is { HasExited: false };

    /// <summary>The process's id.</summary>
    public int Id => _process!.Id;

    /// <summary>Processor time it has used so far.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process!.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Memory that it has in use at present.</summary>
    public long ResidentBytes
    {
        get
        {
            _process!.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>The last lines of its output.</summary>
    public string LogTail => string.Join(Environment.NewLine, _tail);

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

    /// <summary>Changes its configuration, from its next start on.</summary>
    public void Set(string key, string value) => _environment[key] = value;

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
        start.ArgumentList.Add(_link);
        // What the test run is configured with is not meant for the host.
        foreach (var name in start.Environment.Keys.Where(key => key.StartsWith("MSBUILD", StringComparison.Ordinal) || key is "DOTNET_STARTUP_HOOKS").ToList())
            start.Environment.Remove(name);
        foreach (var (key, value) in _environment) start.Environment[key] = value;

        _process = Process.Start(start)!;
        _process.StandardInput.Close();
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Starts++;
    }

    /// <summary>Waits until it has ended by itself, and returns the exit code.</summary>
    public async Task<int> UntilEndedAsync()
    {
        await _process!.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2)).ConfigureAwait(false);
        return _process.ExitCode;
    }

    public async Task UntilReadyAsync(TimeSpan? within = null)
    {
        try
        {
            await Eventually.Sees(
                async () =>
                {
                    if (!IsRunning) throw new HostEndedException(Name, _process!.ExitCode, LogTail);
                    using var answer = await Http.GetAsync("health/ready").ConfigureAwait(false);
                    return (answer.IsSuccessStatusCode, Said: await answer.Content.ReadAsStringAsync().ConfigureAwait(false));
                },
                seen => seen.IsSuccessStatusCode,
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
        if (_process is null) return;
        _process.Kill();
        await _process.WaitForExitAsync().ConfigureAwait(false);
    }

    /// <summary>SIGSTOP: it is there, its connections are open, and it does nothing.</summary>
    public void Freeze() => Send(Stop);

    /// <summary>SIGCONT: it goes on where it was.</summary>
    public void Thaw() => Send(Continue);

    /// <summary>SIGTERM, as an orchestrator does; returns the exit code.</summary>
    public async Task<int> StopAsync(TimeSpan? within = null)
    {
        Send(Terminate);
        await _process!.WaitForExitAsync().WaitAsync(within ?? TimeSpan.FromSeconds(30)).ConfigureAwait(false);
        return _process.ExitCode;
    }

    public async Task RestartAsync()
    {
        await Kill9Async().ConfigureAwait(false);
        await StartAsync().ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (IsRunning) await Kill9Async().ConfigureAwait(false);
        _process?.Dispose();
        Http.Dispose();
        lock (_writing) _log.Dispose();
    }

    private static string Program
    {
        get
        {
            // What measures runs the host as it is published.
            if (Environment.GetEnvironmentVariable("DEVOPSCD_TEST_HOST") is { Length: > 0 } published)
                return published;
            // …/bin/Debug/net10.0/ of whoever runs this: the host was built the same way.
            var framework = new DirectoryInfo(AppContext.BaseDirectory);
            var path = Repository.PathTo("src", "DevopsCd.Host", "bin", framework.Parent!.Name, framework.Name, "DevopsCd.Host.dll");
            return File.Exists(path) ? path : throw new FileNotFoundException($"The host is not built: {path}");
        }
    }

    private void Send(int signal)
    {
        if (!IsRunning) throw new InvalidOperationException($"{Name} does not run");
        if (Signal(_process!.Id, signal) != 0) throw new InvalidOperationException($"{Name} could not be signalled");
    }

    private void Keep(string? line)
    {
        if (line is null) return;
        _tail.Enqueue(line);
        while (_tail.Count > LinesKept) _tail.TryDequeue(out _);
        lock (_writing)
            if (_log.BaseStream is { CanWrite: true })
                _log.WriteLine(line);
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Signal(int processId, int signal);
}
