using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using DevopsCd.Testing;

namespace DevopsCd.EndToEnd.Tests.Observability;

/// <summary>A real Prometheus that scrapes one host every second and reckons with our rules; and its promtool.</summary>
internal sealed class PrometheusServer : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _folder;
    private readonly HttpClient _http;

    private PrometheusServer(Process process, string folder, int port) =>
        (_process, _folder, _http) = (process, folder, new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/") });

    /// <summary>Installed by the test command, see infra/test/setup.d/50-prometheus.sh.</summary>
    private static string Programs => Environment.GetEnvironmentVariable("DEVOPSCD_TEST_PROMETHEUS") is { Length: > 0 } folder
        ? folder
        : "/var/cache/devopscd-test/prometheus/usr/bin";

    private static string Rules => Repository.PathTo("infra", "observability", "rules");

    /// <returns>Exit code and everything that promtool wrote.</returns>
    public static async Task<(int Exit, string Said)> PromtoolAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(Programs, "promtool"), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Rules
        };
        using var process = Process.Start(start)!;
        var said = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, string.Concat(said));
    }

    public static async Task<PrometheusServer> StartAsync(Uri host)
    {
        var folder = Directory.CreateTempSubdirectory("devopscd-prometheus-").FullName;
        var port = FreePort.Next();
        await File.WriteAllTextAsync(Path.Combine(folder, "prometheus.yml"), $"""
            global:
              scrape_interval: 1s
              evaluation_interval: 1s
            rule_files: ['{Rules}/recording.yml', '{Rules}/alerts.yml']
            scrape_configs:
              - job_name: devopscd
                static_configs:
                  - targets: ['{host.Authority}']
            """);
        var start = new ProcessStartInfo(Path.Combine(Programs, "prometheus"),
        [
            $"--config.file={folder}/prometheus.yml", $"--storage.tsdb.path={folder}/data", $"--web.listen-address=127.0.0.1:{port}", "--log.level=error"
        ]);
        return new PrometheusServer(Process.Start(start)!, folder, port);
    }

    /// <returns>The samples of an expression now; null while Prometheus cannot say.</returns>
    /// <exception cref="HopelessException">The expression is wrong.</exception>
    public async Task<IReadOnlyList<double>?> AskAsync(string expression)
    {
        try
        {
            using var answer = await _http.GetAsync($"api/v1/query?query={Uri.EscapeDataString(expression)}");
            using var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
            if (body.RootElement.GetProperty("status").GetString() != "success")
                throw new HopelessException($"{expression}: {body.RootElement.GetProperty("error").GetString()}");
            return [.. body.RootElement.GetProperty("data").GetProperty("result").EnumerateArray()
                .Select(sample => double.Parse(sample.GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture))];
        }
        catch (Exception e) when (e is HttpRequestException or JsonException)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
