using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace DevopsCd.Testing.Hosting;

/// <summary>A person or a program that uses the HTTP interface, as JSON and nothing else.</summary>
/// <param name="http">The host.</param>
/// <param name="operatorName">Who asks.</param>
/// <param name="patience">For how long "not now" is asked again under the same key, as a client does on a busy machine; null takes it as the answer.</param>
public sealed class CdApi(HttpClient http, string operatorName = "tester", TimeSpan? patience = null)
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(500);

    /// <summary>One that does not give up where the machine is busy, for tests of something else.</summary>
    public static CdApi Patient(HttpClient http, string operatorName = "tester") => new(http, operatorName, TimeSpan.FromMinutes(3));

    public static HttpClient Client(Uri baseUrl) => new() { BaseAddress = baseUrl, Timeout = TimeSpan.FromSeconds(60) };

    public Task<CdAnswer> AddApplication(string name, params string[] dependsOn) =>
        Send(HttpMethod.Post, "applications", new { name, appType = "service", repository = $"https://git.example/{name}", defaultBranch = "main", dependsOn });

    public Task<CdAnswer> SetTarget(string application, string stage, string cluster = "cluster-1", object? strategy = null) => Send(
        HttpMethod.Put,
        $"applications/{application}/targets/{stage}/{cluster}",
        new
        {
            @namespace = stage,
            workload = new { kind = "Deployment", name = application, container = "app" },
            strategy = strategy ?? new { type = "rolling" }
        });

    public Task<CdAnswer> AddBuild(string application, int number, string branch = "main") =>
        Send(HttpMethod.Post, "builds", Build(application, number, branch));

    /// <summary>An application with targets in these stages and its first build; whatever is refused fails.</summary>
    public async Task Register(string application, params string[] stages)
    {
        (await AddApplication(application).ConfigureAwait(false)).Expect();
        foreach (var stage in stages) (await SetTarget(application, stage).ConfigureAwait(false)).Expect();
        (await AddBuild(application, 1).ConfigureAwait(false)).Expect();
    }

    /// <summary>A finished build as <c>POST /builds</c> and <c>BuildCompleted</c> take it; a higher number finished later.</summary>
    public static object Build(string application, int number, string branch = "main") => new
    {
        application,
        buildNumber = $"{number}",
        branch,
        commitId = $"{number:x40}",
        commitMessage = $"change {number}",
        commitAuthor = "dev",
        imageName = $"registry.example/{application}",
        imageTag = $"1.0.{number}",
        imageDigest = $"sha256:{number:x64}",
        status = "success",
        source = "ci",
        finishedAt = DateTimeOffset.UnixEpoch.AddYears(56).AddSeconds(number),
    };

    public Task<CdAnswer> CreateBatch(string title, string? batchNumber, params IEnumerable<object> releases) =>
        Send(HttpMethod.Post, "batches", new { title, batchNumber, releases });

    public Task<CdAnswer> CreateBatch(string title, string? batchNumber, IEnumerable<string> applications) =>
        CreateBatch(title, batchNumber, applications.Select(application => (object)new { application }));

    public Task<CdAnswer> Raise(long batch, string batchEvent, string? reason = null) =>
        Send(HttpMethod.Post, $"batches/{batch}/events/{batchEvent}", new { reason });

    public Task<CdAnswer> Batch(long batch) => Send(HttpMethod.Get, $"batches/{batch}");

    public Task<CdAnswer> Find(string batchNumber) => Send(HttpMethod.Get, $"batches?q={Uri.EscapeDataString(batchNumber)}");

    public Task<CdAnswer> Scan() => Send(HttpMethod.Post, "scan");

    public async Task<CdAnswer> Send(HttpMethod method, string path, object? body = null)
    {
        var (started, key) = (Stopwatch.GetTimestamp(), patience is null ? null : $"{Guid.NewGuid()}");
        var answer = await Try(method, path, body, key).ConfigureAwait(false);
        while (answer.IsUnavailable && patience is { } longest && Stopwatch.GetElapsedTime(started) < longest)
        {
            await Pause.For(s_pause).ConfigureAwait(false);
            answer = await Try(method, path, body, key).ConfigureAwait(false);
            // The first try was done although its answer came too late.
            if (answer.Status == HttpStatusCode.Conflict && path == "applications")
                answer = answer with { Status = HttpStatusCode.Created };
        }
        return answer;
    }

    private async Task<CdAnswer> Try(HttpMethod method, string path, object? body, string? key)
    {
        using var request = new HttpRequestMessage(method, $"api/v1/{path}");
        request.Headers.Add("X-Operator", operatorName);
        if (key is not null && method == HttpMethod.Post) request.Headers.Add("Idempotency-Key", key);
        if (body is not null) request.Content = JsonContent.Create(body);

        try
        {
            using var answer = await http.SendAsync(request).ConfigureAwait(false);
            var text = await answer.Content.ReadAsStringAsync().ConfigureAwait(false);
            if (answer.StatusCode == HttpStatusCode.RequestTimeout)
                return new(null, default, $"{method} {path} → the server has not read the request in time");
            return new(answer.StatusCode, Parse(text), $"{method} {path} → {(int)answer.StatusCode} {text}");
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
        {
            // Whether it was done is not known: the host died or did not answer.
            return new(null, default, $"{method} {path} → {e.Message}");
        }
    }

    private static JsonElement Parse(string text)
    {
        if (text.Length == 0) return default;
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return default;
        }
    }
}
