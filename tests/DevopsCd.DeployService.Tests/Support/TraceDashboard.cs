using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using DevopsCd.Testing;

namespace DevopsCd.DeployService.Tests.Support;

/// <summary>A program that takes traces by OTLP and answers what it has taken: Aspire's dashboard, which comes as a package.</summary>
internal sealed class TraceDashboard : IAsyncDisposable
{
    private readonly Process _process;
    private readonly HttpClient _http;

    private TraceDashboard(Process process, HttpClient http, Uri intake) => (_process, _http, Intake) = (process, http, intake);

    /// <summary>Where traces go.</summary>
    public Uri Intake { get; }

    /// <summary>The environment of a process that sends its traces here.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = Intake.ToString(),
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        ["OTEL_BSP_SCHEDULE_DELAY"] = "200"
    };

    public static async Task<TraceDashboard> StartAsync()
    {
        var folder = typeof(TraceDashboard).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(fact => fact.Key == "TraceDashboard").Value!;
        var program = Path.Combine(folder, "Aspire.Dashboard");
        // Packages keep no rights of files.
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(program, File.GetUnixFileMode(program) | UnixFileMode.UserExecute);
        var (pages, intake) = (Loopback(), Loopback());
        var start = new ProcessStartInfo(program) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["ASPNETCORE_URLS"] = pages.ToString();
        start.Environment["ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"] = intake.ToString();
        start.Environment["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = Loopback().ToString();
        start.Environment["ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS"] = "true";
        start.Environment["ASPIRE_ALLOW_UNSECURED_TRANSPORT"] = "true";
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var http = new HttpClient { BaseAddress = pages };
        await Eventually.Sees(() => http.GetAsync("api/telemetry/resources"),
            a => a.IsSuccessStatusCode ? true : process.HasExited ? throw new HopelessException("the dashboard ended") : false,
            "the dashboard answers", TimeSpan.FromSeconds(90));
        return new TraceDashboard(process, http, intake);
    }

    /// <summary>All spans that have come.</summary>
    public async Task<IReadOnlyList<TakenSpan>> SpansAsync()
    {
        using var answer = JsonDocument.Parse(await _http.GetStringAsync("api/telemetry/traces?limit=10000"));
        return
        [
            .. from resource in answer.RootElement.GetProperty("data").GetProperty("resourceSpans").EnumerateArray()
               let service = TextOf(resource.GetProperty("resource"), "service.name")
               from scope in resource.GetProperty("scopeSpans").EnumerateArray()
               from span in scope.GetProperty("spans").EnumerateArray()
               select new TakenSpan(service ?? "", span.GetProperty("traceId").GetString()!, span.GetProperty("name").GetString()!,
                   TextOf(span, "devopscd.operation.id"))
        ];
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static Uri Loopback() => new($"http://127.0.0.1:{FreePort.Next()}");

    private static string? TextOf(JsonElement described, string attribute) =>
        !described.TryGetProperty("attributes", out var attributes) ? null
        : attributes.EnumerateArray().Where(a => a.GetProperty("key").GetString() == attribute)
            .Select(a => a.GetProperty("value").GetProperty("stringValue").GetString()).FirstOrDefault();
}
