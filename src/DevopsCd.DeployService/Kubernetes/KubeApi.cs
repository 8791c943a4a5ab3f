using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using DevopsCd.DeployService.Configuration;
using k8s;
using Polly;
using Polly.Retry;

namespace DevopsCd.DeployService.Kubernetes;

/// <summary>
/// The calls this service makes to one API server. KubernetesClient gives the connection and the credentials; the calls are
/// written here because every one of them is counted, limited, retried by our rules and works on any kind, custom ones too.
/// </summary>
internal sealed class KubeApi : IDisposable
{
    public const string FieldManager = "devopscd";

    private const string ApplyPatch = "application/apply-patch+yaml";
    private const string MergePatch = "application/merge-patch+json";
    private const string JsonPatch = "application/json-patch+json";

    private readonly string _cluster;
    private readonly k8s.Kubernetes _client;
    private readonly SemaphoreSlim _slots;
    private readonly ResiliencePipeline<HttpResponseMessage> _pipeline;
    private readonly DeployMetrics _metrics;
    private readonly TimeProvider _clock;
    private readonly TimeSpan _callTimeout;
    private readonly string _fieldManager;

    public KubeApi(string cluster, ClusterOptions options, KubernetesClientConfiguration configuration, DeployMetrics metrics, TimeProvider clock,
        string fieldManager = FieldManager)
    {
        configuration.UserAgent = "devopscd-deploy-service";
        configuration.FirstMessageHandlerSetup = handler =>
        {
            handler.ConnectTimeout = TimeSpan.FromSeconds(5);
            handler.PooledConnectionLifetime = TimeSpan.FromMinutes(10);
            // A connection whose other end vanished without a word would swallow calls and watches until TCP gives up. Found out
            // early enough for the calls on it to be tried again within their time.
            handler.KeepAlivePingPolicy = HttpKeepAlivePingPolicy.Always;
            handler.KeepAlivePingDelay = TimeSpan.FromSeconds(5);
            handler.KeepAlivePingTimeout = TimeSpan.FromSeconds(5);
        };
        (_cluster, _metrics, _clock, _callTimeout, _fieldManager) = (cluster, metrics, clock, options.CallTimeout.Value, fieldManager);
        _client = new k8s.Kubernetes(configuration);
        _slots = new SemaphoreSlim(options.ParallelCalls);
        _pipeline = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = clock }
            .AddRetry(new RetryStrategyOptions<HttpResponseMessage>
            {
                MaxRetryAttempts = 3,
                BackoffType = DelayBackoffType.Exponential,
                Delay = TimeSpan.FromMilliseconds(200),
                MaxDelay = TimeSpan.FromSeconds(5),
                UseJitter = true,
                ShouldHandle = async call => call.Outcome switch
                {
                    { Exception: HttpRequestException } => true,
                    // A connection that did not come about in its own time; the call still has some left.
                    { Exception: TaskCanceledException late } => late.InnerException is TimeoutException,
                    { Result: { } answer } => ServerTrouble.IsPassing(answer.StatusCode,
                        await answer.Content.ReadAsStringAsync(call.Context.CancellationToken)),
                    _ => false
                },
                DelayGenerator = retry => ValueTask.FromResult(RetryAfter(retry.Outcome.Result)),
                OnRetry = retry =>
                {
                    if (retry.Outcome.Result?.StatusCode == HttpStatusCode.TooManyRequests)
                        metrics.Throttled(cluster);
                    retry.Outcome.Result?.Dispose();
                    return default;
                }
            })
            .Build();
    }

    /// <summary>An answer has come: the time it names, and how long it took.</summary>
    public event Action<DateTimeOffset, TimeSpan>? TimeTold;

    public async Task<KubeObject?> FindAsync(KubeResource resource, string? ns, string name, CancellationToken cancellationToken)
    {
        try
        {
            return await GetAsync(resource, ns, name, cancellationToken);
        }
        catch (KubeException no) when (no.NotFound)
        {
            return null;
        }
    }

    public Task<KubeObject> GetAsync(KubeResource resource, string? ns, string name, CancellationToken cancellationToken) =>
        ObjectAsync(HttpMethod.Get, "get", resource, resource.Path(ns, name), null, null, cancellationToken);

    public async Task<(string ResourceVersion, List<KubeObject> Items)> ListAsync(
        KubeResource resource, string? ns, string? labels, string? fields, CancellationToken cancellationToken)
    {
        var items = new List<KubeObject>();
        string? resume = null;
        do
        {
            var query = Query(("labelSelector", labels), ("fieldSelector", fields), ("limit", "500"), ("continue", resume));
            var page = await SendAsync(HttpMethod.Get, "list", resource, resource.Path(ns) + query, null, null, cancellationToken);
            items.AddRange(page.Items("items").Select(item => new KubeObject(item)));
            resume = page.Text("metadata", "continue");
            if (string.IsNullOrEmpty(resume))
                return (page.Text("metadata", "resourceVersion") ?? "0", items);
        }
        while (true);
    }

    /// <summary>The last lines that a container has written, in its present run or the one before it.</summary>
    public Task<string> LogAsync(string ns, string pod, string container, bool previous, int lines, int bytes, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, "get", KubeResource.Logs, $"{KubeResource.Pods.Path(ns, pod)}/log"
            + Query(("container", container), ("previous", previous ? "true" : null), ("tailLines", $"{lines}"), ("limitBytes", $"{bytes}")), null, null,
                (answer, stop) => answer.Content.ReadAsStringAsync(stop), cancellationToken);

    public Task<KubeObject> CreateAsync(KubeResource resource, string? ns, object body, bool dryRun, CancellationToken cancellationToken) =>
        ObjectAsync(HttpMethod.Post, "create", resource, resource.Path(ns) + Query(("fieldManager", _fieldManager), ("dryRun", dryRun ? "All" : null)),
            "application/json", body, cancellationToken);

    /// <summary>Server-side apply: sets and owns the fields in the body and no others.</summary>
    public Task<KubeObject> ApplyAsync(KubeResource resource, string? ns, string name, object body, bool force, bool dryRun,
        CancellationToken cancellationToken) =>
        PatchAsync(ApplyPatch, resource, ns, name, body, force, dryRun, cancellationToken);

    public Task<KubeObject> MergeAsync(KubeResource resource, string? ns, string name, object body, CancellationToken cancellationToken, bool dryRun = false) =>
        PatchAsync(MergePatch, resource, ns, name, body, null, dryRun, cancellationToken);

    public Task<KubeObject> EditAsync(KubeResource resource, string? ns, string name, IReadOnlyList<JsonEdit> edits, CancellationToken cancellationToken,
        bool dryRun = false) =>
        PatchAsync(JsonPatch, resource, ns, name, edits, null, dryRun, cancellationToken);

    /// <summary>Changes the status of an object whose controller takes its orders there.</summary>
    public Task<KubeObject> MergeStatusAsync(KubeResource resource, string? ns, string name, object body, CancellationToken cancellationToken) =>
        ObjectAsync(HttpMethod.Patch, "patch", resource, resource.Path(ns, name) + "/status" + Query(("fieldManager", _fieldManager)), MergePatch, body,
            cancellationToken);

    /// <summary>Deletes it, where a uid is given only the object of that uid; whether it was there.</summary>
    public async Task<bool> DeleteAsync(KubeResource resource, string? ns, string name, CancellationToken cancellationToken, int? graceSeconds = null,
        string? uid = null)
    {
        try
        {
            await SendAsync(HttpMethod.Delete, "delete", resource, resource.Path(ns, name), "application/json",
                new
                {
                    apiVersion = "v1",
                    kind = "DeleteOptions",
                    propagationPolicy = "Background",
                    gracePeriodSeconds = graceSeconds,
                    preconditions = uid is null ? null : new { uid }
                }, cancellationToken);
            return true;
        }
        catch (KubeException no) when (no.NotFound || uid is not null && no.Conflict)
        {
            // Somebody else, or an earlier try of ours, was faster.
            return false;
        }
    }

    /// <summary>Whether these credentials may do that; the answer of the API server's own authorizer.</summary>
    public async Task<bool> MayAsync(string verb, KubeResource resource, string? ns, string? name, CancellationToken cancellationToken)
    {
        var review = await SendAsync(HttpMethod.Post, "create", KubeResource.AccessReviews, KubeResource.AccessReviews.Path(), "application/json", new
        {
            apiVersion = "authorization.k8s.io/v1",
            kind = "SelfSubjectAccessReview",
            spec = new { resourceAttributes = new { verb, group = resource.Group, resource = resource.Plural, @namespace = ns, name } }
        }, cancellationToken);
        return review.Flag("status", "allowed");
    }

    public async Task<bool> ReadyAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(3));
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_client.BaseUri, "version"));
        await AuthorizeAsync(request, limit.Token);
        using var answer = await _client.HttpClient.SendAsync(request, limit.Token);
        return answer.IsSuccessStatusCode;
    }

    /// <summary>The raw events of one watch, until the server ends it, an error event arrives (thrown) or nothing came for <paramref name="silence"/>.</summary>
    public async IAsyncEnumerable<(string Type, KubeObject Object)> WatchAsync(
        KubeResource resource, string? ns, string? labels, string? fields, string resourceVersion, TimeSpan length, TimeSpan silence,
            [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var query = Query(("watch", "true"), ("allowWatchBookmarks", "true"), ("labelSelector", labels), ("fieldSelector", fields),
            ("resourceVersion", resourceVersion), ("timeoutSeconds", ((int)length.TotalSeconds).ToString()));
        using var quiet = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        quiet.CancelAfter(silence);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_client.BaseUri, resource.Path(ns) + query)) { Version = HttpVersion.Version20 };
        await AuthorizeAsync(request, quiet.Token);
        _metrics.ApiCall(_cluster, "watch", resource.Plural);
        using var answer = await _client.HttpClient.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, quiet.Token);
        if (!answer.IsSuccessStatusCode)
            throw await RefusalAsync(answer, quiet.Token);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(quiet.Token));
        while (await reader.ReadLineAsync(quiet.Token) is { } line)
        {
            quiet.CancelAfter(silence);
            if (line.Length == 0)
                continue;
            var change = JsonSerializer.Deserialize<JsonElement>(line);
            var type = change.Text("type") ?? "";
            var body = change.At("object") ?? default;
            if (type == "ERROR")
                throw new KubeException((HttpStatusCode)(body.Number("code") ?? 500), body.Text("reason") ?? "Unknown", body.Text("message") ?? "watch failed",
                    body);
            yield return (type, new KubeObject(body));
        }
    }

    public void Dispose()
    {
        _client.Dispose();
        _slots.Dispose();
    }

    private Task<KubeObject> PatchAsync(string type, KubeResource resource, string? ns, string name, object body, bool? force, bool dryRun,
        CancellationToken cancellationToken) =>
        ObjectAsync(HttpMethod.Patch, "patch", resource,
            resource.Path(ns, name) + Query(("fieldManager", _fieldManager), ("force", force is true ? "true" : null), ("dryRun", dryRun ? "All" : null)),
                type, body, cancellationToken);

    private async Task<KubeObject> ObjectAsync(HttpMethod method, string verb, KubeResource resource, string path, string? type, object? body,
        CancellationToken cancellationToken) =>
        new(await SendAsync(method, verb, resource, path, type, body, cancellationToken));

    private Task<JsonElement> SendAsync(HttpMethod method, string verb, KubeResource resource, string path, string? type, object? body,
        CancellationToken cancellationToken) =>
        SendAsync(method, verb, resource, path, type, body, async (answer, stop) =>
            await JsonSerializer.DeserializeAsync<JsonElement>(await answer.Content.ReadAsStreamAsync(stop), cancellationToken: stop), cancellationToken);

    private async Task<T> SendAsync<T>(HttpMethod method, string verb, KubeResource resource, string path, string? type, object? body,
        Func<HttpResponseMessage, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        var bytes = body is null ? null : JsonSerializer.SerializeToUtf8Bytes(body, Json.Options);
        await _slots.WaitAsync(cancellationToken);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_callTimeout);
        try
        {
            using var answer = await _pipeline.ExecuteAsync(async token =>
            {
                using var request = new HttpRequestMessage(method, new Uri(_client.BaseUri, path)) { Version = HttpVersion.Version20 };
                request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(resource == KubeResource.Logs ? "*/*" : "application/json"));
                if (bytes is not null)
                    request.Content = new ByteArrayContent(bytes) { Headers = { ContentType = new MediaTypeHeaderValue(type!) } };
                await AuthorizeAsync(request, token);
                _metrics.ApiCall(_cluster, verb, resource.Plural);
                var asked = _clock.GetTimestamp();
                var response = await _client.HttpClient.SendAsync(request, token);
                if (response.Headers.Date is { } date)
                    TimeTold?.Invoke(date, _clock.GetElapsedTime(asked));
                return response;
            }, limit.Token);
            if (!answer.IsSuccessStatusCode)
                throw await RefusalAsync(answer, limit.Token);
            return await read(answer, limit.Token);
        }
        catch (HttpRequestException broken)
        {
            throw new ClusterUnreachableException(_cluster, broken.InnerException?.Message ?? broken.Message, broken);
        }
        catch (IOException broken)
        {
            throw new ClusterUnreachableException(_cluster, broken.Message, broken);
        }
        catch (TaskCanceledException late) when (late.InnerException is TimeoutException && !cancellationToken.IsCancellationRequested)
        {
            throw new ClusterUnreachableException(_cluster, late.InnerException.Message, late);
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ClusterUnreachableException(_cluster, $"no answer within {_callTimeout.TotalSeconds:0} s", late);
        }
        finally
        {
            _slots.Release();
        }
    }

    private Task AuthorizeAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        _client.Credentials?.ProcessHttpRequestAsync(request, cancellationToken) ?? Task.CompletedTask;

    private async Task<Exception> RefusalAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        var text = await answer.Content.ReadAsStringAsync(cancellationToken);
        JsonElement body = default;
        try
        {
            body = JsonSerializer.Deserialize<JsonElement>(text);
        }
        catch (JsonException)
        {
            // A proxy before the API server answers in its own words.
        }
        var message = body.Text("message");
        // Says nothing about the request: a token that is being rotated is good again in a moment.
        if (answer.StatusCode == HttpStatusCode.Unauthorized)
            return new ClusterUnreachableException(_cluster, $"it refuses the credentials of this service: 401 {message ?? ""}".Trim());
        return ServerTrouble.IsPassing(answer.StatusCode, text)
            ? new ClusterUnreachableException(_cluster, $"it answers {(int)answer.StatusCode} {message ?? ""}".Trim())
            : new KubeException(answer.StatusCode, ServerTrouble.NameOf(message) ?? body.Text("reason") ?? answer.StatusCode.ToString(),
                message ?? $"{(int)answer.StatusCode} {answer.ReasonPhrase}", body);
    }

    private TimeSpan? RetryAfter(HttpResponseMessage? answer) => answer?.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - _clock.GetUtcNow() is { Ticks: > 0 } wait ? wait : TimeSpan.Zero,
        _ => null
    };

    private static string Query(params ReadOnlySpan<(string Name, string? Value)> parts)
    {
        var query = "";
        foreach (var (name, value) in parts)
            if (!string.IsNullOrEmpty(value))
                query += (query.Length == 0 ? "?" : "&") + name + "=" + Uri.EscapeDataString(value);
        return query;
    }
}
