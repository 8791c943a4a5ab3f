using System.Net.Http.Json;
using System.Text.Json;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Configuration;
using DevopsCd.Core.Data;
using DevopsCd.Shared;
using Polly.CircuitBreaker;
using Polly.RateLimiting;
using Polly.Timeout;

namespace DevopsCd.Core.Deployments;

/// <summary>Talks to a deploy service over its HTTP contract (contracts/openapi/deploy-service.json). Answers that may differ the next time are told apart from refusals.</summary>
internal sealed class HttpDeployService(HttpClient http, K8sOptions address, DeployCalls calls, TimeProvider clock) : IDeployService
{
    /// <summary>Longest answer that is read; what a deploy service says is small.</summary>
    public const int LargestAnswer = 256 * 1024;

    /// <summary>So many operations are looked at in one call.</summary>
    private const int MostPreflights = 200;

    private const string OwnProblems = "urn:devopscd:deploy:", UnknownOperation = OwnProblems + "operation-unknown",
        NothingToRollBack = OwnProblems + "nothing-to-roll-back", Rollback = "/rollback";

    /// <summary>Others have the workload or the operation at this moment.</summary>
    private static readonly string[] s_busy = [OwnProblems + "workload-busy", OwnProblems + "operation-busy"];

    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(1);

    private static readonly string[] s_told = ["title", "detail"];

    /// <summary>There was no connection, so nothing can have been sent.</summary>
    private static readonly HttpRequestError[] s_neverConnected =
        [HttpRequestError.ConnectionError, HttpRequestError.NameResolutionError, HttpRequestError.SecureConnectionError, HttpRequestError.ProxyTunnelError];

    public Task<DeployAnswer> SubmitAsync(Deployment operation, CancellationToken cancellationToken) =>
        operation.Restores ? CallAsync(HttpMethod.Post, operation, Rollback, cancellationToken) : CallAsync(HttpMethod.Put, operation, "", cancellationToken);

    public Task<DeployAnswer> LookAsync(Deployment operation, CancellationToken cancellationToken) =>
        CallAsync(HttpMethod.Get, operation, "", cancellationToken);

    public Task<DeployAnswer> StopAsync(Deployment operation, CancellationToken cancellationToken) =>
        CallAsync(HttpMethod.Post, operation, "/stop", cancellationToken);

    public async Task<PreflightAnswer> PreflightAsync(IReadOnlyList<Deployment> operations, CancellationToken cancellationToken)
    {
        var (results, note) = await LookBeforehandAsync("preflight", operations, cancellationToken);
        return results is null
            ? PreflightAnswer.NotAsked(operations.Count, note)
            : new PreflightAnswer([.. results.Select(r => r.Ok ? null : r.Problems)], null);
    }

    public async Task<IReadOnlyList<FoundVersion?>> InspectAsync(IReadOnlyList<Deployment> operations, CancellationToken cancellationToken)
    {
        var (results, _) = await LookBeforehandAsync("preflight/inspect", operations, cancellationToken);
        return results is null ? [.. Enumerable.Repeat<FoundVersion?>(null, operations.Count)] : [.. results.Select(Found)];
    }

    /// <summary>What has a problem cannot be told of.</summary>
    private static FoundVersion? Found(DeployPreflightResult result) => !result.Ok ? null
        : result.Changes.Count == 0 ? new FoundVersion(Instead: null)
        : new FoundVersion(string.Join(", ", result.Changes.Select(c => c.From ?? "nothing").Distinct(StringComparer.Ordinal)));

    /// <summary>What the service says of operations that are not done; null with why it could not be asked.</summary>
    private async Task<(List<DeployPreflightResult>? Results, string Note)> LookBeforehandAsync(
        string path, IReadOnlyList<Deployment> operations, CancellationToken cancellationToken)
    {
        var found = new List<DeployPreflightResult>(operations.Count);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(address.CallTimeout);
        try
        {
            foreach (var part in operations.Chunk(MostPreflights))
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, $"api/v1/{path}");
                if (address.ApiKey.Length > 0)
                    request.Headers.Add("X-API-Key", address.ApiKey);
                request.Content = JsonContent.Create(new DeployPreflightRequest { Operations = [.. part.Select(Request)] }, options: JsonSerializerOptions.Web);
                var reply = await SendAsync(request, limit.Token);
                if (reply.Status != 200)
                    return (null, $"the deploy service answered {reply.Status}");
                var results = JsonSerializer.Deserialize<DeployPreflightView>(reply.Body.Span, JsonSerializerOptions.Web)?.Results;
                if (results?.Count != part.Length)
                    return (null, "the deploy service's answer cannot be read");
                found.AddRange(results);
            }
            return (found, "");
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested
            && e is HttpRequestException or OperationCanceledException or JsonException or IOException or FormatException or InvalidOperationException)
        {
            return (null, $"the deploy service could not be asked ({e.GetType().Name})");
        }
    }

    private async Task<DeployAnswer> CallAsync(HttpMethod method, Deployment operation, string verb, CancellationToken cancellationToken)
    {
        HttpRequestMessage request;
        try
        {
            request = Message(method, operation, verb);
        }
        catch (Exception fault) when (fault is FormatException or JsonException or ArgumentException or InvalidOperationException or NotSupportedException)
        {
            // Its text may hold the key.
            return new DeployAnswer.Refused(
                $"the call to the deploy service cannot be built ({fault.GetType().Name}); check {K8sOptions.Section} and the application's target");
        }
        using (request)
            try
            {
                return Read(method, verb, operation,
                    await calls.For(operation.Cluster).ExecuteAsync(async stop => await SendAsync(request, stop), cancellationToken));
            }
            catch (BrokenCircuitException e)
            {
                return new DeployAnswer.NotSent(e.RetryAfter is { } after && after > s_soon ? after : s_soon);
            }
            catch (RateLimiterRejectedException)
            {
                return new DeployAnswer.NotSent(s_soon);
            }
            catch (TimeoutRejectedException)
            {
                return new DeployAnswer.Transient("the deploy service did not answer in time");
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return new DeployAnswer.Transient("the deploy service did not answer in time");
            }
            catch (HttpRequestException e)
            {
                return new DeployAnswer.Transient($"the deploy service cannot be reached: {e.HttpRequestError}",
                    MayHaveArrived: !s_neverConnected.Contains(e.HttpRequestError));
            }
            catch (Exception e) when (e is JsonException or IOException)
            {
                return new DeployAnswer.Transient("the deploy service's answer cannot be read");
            }
    }

    private HttpRequestMessage Message(HttpMethod method, Deployment operation, string verb)
    {
        var request = new HttpRequestMessage(method, $"api/v1/deployments/{Uri.EscapeDataString(IdOf(operation))}{verb}");
        if (address.ApiKey.Length > 0)
            request.Headers.Add("X-API-Key", address.ApiKey);
        if (method == HttpMethod.Put)
            request.Content = JsonContent.Create(Request(operation), options: JsonSerializerOptions.Web);
        return request;
    }

    /// <summary>One call and its whole answer; the token ends both.</summary>
    private async ValueTask<DeployReply> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var body = new byte[LargestAnswer + 1];
        var length = await stream.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancellationToken);
        if (length > LargestAnswer)
            throw new IOException($"more than {LargestAnswer} bytes");
        return new DeployReply((int)response.StatusCode, response.ReasonPhrase, response.Content.Headers.ContentType?.MediaType, RetryAfter(response),
            body.AsMemory(0, length));
    }

    /// <summary>The operation that the service is asked about: a rollback is the way back of another one.</summary>
    private static string IdOf(Deployment operation) =>
        operation.Restores ? OperationId.OfRun(operation.Reverts!, operation.PreviousRun) : OperationId.OfRun(operation.OperationId, operation.Restarts);

    private static DeployAnswer Read(HttpMethod method, string verb, Deployment operation, DeployReply reply)
    {
        if (verb == Rollback && ReadRefusedRollback(operation, reply) is { } refused)
            return refused;
        if (reply.Status == 404 && method != HttpMethod.Put && SaysUnknown(reply))
            return new DeployAnswer.Unknown();
        if (reply.Status is 408 or 429 or >= 500)
            return new DeployAnswer.Transient($"the deploy service answered {reply.Status}", reply.RetryAfter, MayHaveArrived: reply.Status != 429);
        if (reply.Status is >= 300 and < 400)
            return new DeployAnswer.Refused($"the deploy service answered {reply.Status}; redirects are not followed, correct {K8sOptions.Section}:base_url");
        if (reply.Status >= 400)
            return new DeployAnswer.Refused($"the deploy service refused with {reply.Status}: {Problem(reply)}");
        var view = JsonSerializer.Deserialize<DeployOperationView>(reply.Body.Span, JsonSerializerOptions.Web);
        if (view is not null && view.OperationId != IdOf(operation))
            return new DeployAnswer.Transient("the deploy service answered for another operation");
        return operation.Restores
            ? ReadRollback(verb, view) with { Cause = view?.Cause }
            : ReadOperation(view) with { Previous = Before(view), Cause = view?.Cause };
    }

    private static DeployAnswer ReadOperation(DeployOperationView? view) => view?.Phase switch
    {
        DeployPhases.Succeeded => new DeployAnswer.Succeeded(),
        DeployPhases.Failed => new DeployAnswer.Failed(Cause(view)),
        DeployPhases.Stopped => new DeployAnswer.Stopped(),
        DeployPhases.Pending or DeployPhases.Progressing or DeployPhases.Paused => new DeployAnswer.Progressing(),
        _ => new DeployAnswer.Transient("the deploy service answered with a phase that the contract does not have")
    };

    /// <summary>How the way back of an operation stands. As long as the service has not taken up the request it tells how the operation itself ended.</summary>
    private static DeployAnswer ReadRollback(string verb, DeployOperationView? view) => view?.Phase switch
    {
        DeployPhases.Stopped when view.Reason == DeployReasons.RolledBack => new DeployAnswer.Succeeded(),
        DeployPhases.Failed when verb != Rollback => new DeployAnswer.Failed(Cause(view)),
        DeployPhases.Pending or DeployPhases.Progressing or DeployPhases.Paused => new DeployAnswer.Progressing(),
        DeployPhases.Succeeded or DeployPhases.Failed or DeployPhases.Stopped => verb == Rollback
            ? new DeployAnswer.Transient("the deploy service has not begun the rollback")
            : new DeployAnswer.Unknown(),
        _ => new DeployAnswer.Transient("the deploy service answered with a phase that the contract does not have")
    };

    /// <summary>What is special about a refused rollback; null where it is refused, or fails, like any other call.</summary>
    private static DeployAnswer? ReadRefusedRollback(Deployment operation, DeployReply reply) => (reply.Status, TypeOf(reply)) switch
    {
        (404, UnknownOperation) => new DeployAnswer.Unable($"the deploy service no longer knows operation '{operation.Reverts}'"),
        (404 or 405 or 501, _) => new DeployAnswer.Unable("the deploy service cannot roll back"),
        (409, NothingToRollBack) => new DeployAnswer.Succeeded(),
        (409, { } type) when s_busy.Contains(type) => new DeployAnswer.Transient(Problem(reply), MayHaveArrived: false),
        _ => null
    };

    private static PreviousVersion? Before(DeployOperationView? view) =>
        view?.Previous is { } previous ? new PreviousVersion(previous.Image, previous.Revision, previous.Unchanged) : null;

    /// <summary>
    /// Whether a 404 speaks of the operation. Gateways answer 404 in plain JSON for a path that they do not route, and the deploy service
    /// itself for one that it does not have: believed, either would end the stop of what still runs.
    /// </summary>
    private static bool SaysUnknown(DeployReply reply) => IsProblem(reply) && Object(reply) is not null
        && (TypeOf(reply) is not { } type || !type.StartsWith(OwnProblems, StringComparison.Ordinal) || type == UnknownOperation);

    /// <summary>The type of a problem+json; null where it has none.</summary>
    private static string? TypeOf(DeployReply reply) =>
        IsProblem(reply) && Object(reply) is { } problem && problem.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String
            ? type.GetString()
            : null;

    private static bool IsProblem(DeployReply reply) => string.Equals(reply.MediaType, "application/problem+json", StringComparison.OrdinalIgnoreCase);

    /// <summary>The JSON object that a reply is; null where it is none.</summary>
    private static JsonElement? Object(DeployReply reply)
    {
        try
        {
            return JsonSerializer.Deserialize<JsonElement>(reply.Body.Span) is { ValueKind: JsonValueKind.Object } json ? json : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Cause(DeployOperationView view) => (view.Reason, view.Message) switch
    {
        (null, null) => "the rollout failed",
        (null, var message) => message,
        (var reason, null) => reason,
        var (reason, message) => $"{reason}: {message}"
    };

    /// <summary>Problem+json's title and detail; of anything else nothing, for it may hold anything.</summary>
    private static string Problem(DeployReply reply)
    {
        if (!reply.IsJson)
            return reply.Phrase is { Length: > 0 } phrase ? phrase : "no reason";
        JsonElement problem;
        try
        {
            problem = JsonSerializer.Deserialize<JsonElement>(reply.Body.Span);
        }
        catch (JsonException)
        {
            // The status says enough.
            return "no reason";
        }
        var texts = s_told
            .Select(name => problem.ValueKind == JsonValueKind.Object && problem.TryGetProperty(name, out var text) ? text.ToString() : null)
            .Where(text => !string.IsNullOrEmpty(text));
        var told = string.Join(": ", texts);
        return told.Length > 1000 ? told[..1000] : told;
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date > clock.GetUtcNow() => date - clock.GetUtcNow(),
        _ => null
    };

    private static DeployOperationRequest Request(Deployment operation)
    {
        var target = SealedTarget.One(operation.Target);
        return new DeployOperationRequest
        {
            Application = operation.Application,
            Stage = EnumNames<Stage>.Of(operation.Stage.Place()),
            Cluster = operation.Cluster,
            Namespace = target.Namespace,
            Workload = new DeployWorkload { Kind = target.WorkloadKind, Name = target.WorkloadName, Container = target.Container },
            Image = operation.Image,
            Strategy = new DeployStrategy
            {
                Type = target.Strategy,
                Settings = target.Settings.ValueKind == JsonValueKind.Object ? target.Settings.EnumerateObject().ToDictionary(p => p.Name, p => p.Value) : null
            },
            // From the row, so that a repeated submit has the same body.
            TimeoutSeconds = (int)Math.Ceiling((operation.DeadlineAt - operation.StartedAt).TotalSeconds),
            Labels = new Dictionary<string, string>
            {
                ["devopscd.io/batch"] = operation.BatchId.ToString(System.Globalization.CultureInfo.InvariantCulture),
                ["devopscd.io/attempt"] = operation.Attempt.ToString(System.Globalization.CultureInfo.InvariantCulture)
            }
        };
    }
}
