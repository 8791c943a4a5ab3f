using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;
using DevopsCd.Contracts.Api;
using DevopsCd.Testing.Chaos;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DevopsCd.Testing.Fakes;

/// <summary>
/// A deploy service in memory: keeps to its contract, records every request, and is scripted per application: refusals,
/// silence, dropped connections, failures, late and repeated callbacks.
/// </summary>
public sealed class FakeDeployService : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, FakeOperation> _operations = new();
    private readonly ConcurrentDictionary<(string Application, string? Stage), DeployScript> _scripts = new();
    private readonly ConcurrentQueue<DeployCall> _calls = [];
    private readonly ConcurrentBag<Task> _reports = [];
    private readonly CancellationTokenSource _ends = new();
    private readonly HttpClient _reporter = new() { Timeout = TimeSpan.FromSeconds(5) };
    private readonly TimeProvider _clock = TimeProvider.System;
    private readonly Lock _accepting = new();

    private FakeDeployService(int port)
    {
        BaseUrl = new Uri($"http://127.0.0.1:{port}/");
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(BaseUrl.ToString());
        _app = builder.Build();
        _app.Use(Guard);
        _app.MapPut("/api/v1/deployments/{operationId}", Submit);
        _app.MapGet("/api/v1/deployments/{operationId}", Look);
        _app.MapPost("/api/v1/deployments/{operationId}/stop", Stop);
        _app.MapPost("/api/v1/deployments/{operationId}/promote", Promote);
        _app.MapPost("/api/v1/deployments/{operationId}/rollback", Rollback);
        _app.MapPost("/api/v1/preflight/inspect", InspectAsync);
    }

    public Uri BaseUrl { get; }

    /// <summary>What the header <c>X-API-Key</c> must say.</summary>
    public string ApiKey { get; } = $"key-{Guid.NewGuid():N}";

    /// <summary>How operations go that no script speaks of.</summary>
    public Func<DeployOperationRequest, DeployOutcome> Default { get; set; } = _ => DeployOutcome.Success();

    /// <summary>How submitting calls are treated that no script speaks of.</summary>
    public Func<DeployOperationRequest, SubmitAnswer> DefaultAnswer { get; set; } = _ => SubmitAnswer.Accept;

    /// <summary>What is found at a target; null: it has no such route, as an older service.</summary>
    public Func<DeployOperationRequest, DeployPreflightResult>? Found { get; set; }

    /// <summary>The host that hears of ends by callback; asked anew for each try.</summary>
    public Func<Uri>? ReportTo { get; set; }

    /// <summary>While set every request is answered 503: the service is down.</summary>
    public bool Down { get; set; }

    /// <summary>What happens to a call, by its verb and its operation's id; null: nothing.</summary>
    public Func<string, string, DeployTrouble?> Trouble { get; set; } = (_, _) => null;

    public IReadOnlyList<DeployCall> Calls => [.. _calls];

    public IReadOnlyList<FakeOperation> Operations => [.. _operations.Values.OrderBy(operation => operation.StartedAt)];

    public static async Task<FakeDeployService> StartAsync()
    {
        var service = new FakeDeployService(FreePort.Next());
        await service._app.StartAsync().ConfigureAwait(false);
        return service;
    }

    /// <summary>The script of an application, in one stage or in both.</summary>
    public DeployScript For(string application, string? stage = null) => _scripts.GetOrAdd((application, stage), _ => new DeployScript());

    /// <summary>The largest number of operations that were in flight at one instant, among those chosen.</summary>
    public int MostInFlight(Predicate<FakeOperation> chosen)
    {
        var now = _clock.GetUtcNow();
        return Overlap.Most(Operations.Where(operation => chosen(operation))
            .Select(operation => (operation.StartedAt, operation.EndedAt(now) ?? DateTimeOffset.MaxValue)));
    }

    public async ValueTask DisposeAsync()
    {
        await _ends.CancelAsync().ConfigureAwait(false);
        await _app.StopAsync().ConfigureAwait(false);
        await Task.WhenAll(_reports).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _app.DisposeAsync().ConfigureAwait(false);
        _reporter.Dispose();
        _ends.Dispose();
    }

    private Task Guard(HttpContext context, RequestDelegate next)
    {
        // Taken before anything is answered: who sent it may have the answer, and act on it, before this service gets to run again.
        context.Items[nameof(DeployCall.At)] = _clock.GetUtcNow();
        if (context.Request.Headers["X-API-Key"] != ApiKey) return Answer(context, "unauthorized",
            Problem(StatusCodes.Status401Unauthorized, "wrong X-API-Key"));
        if (Down) return Answer(context, "down", Problem(StatusCodes.Status503ServiceUnavailable, "down"));
        var verb = HttpMethods.IsPut(context.Request.Method) ? "submit"
            : HttpMethods.IsGet(context.Request.Method) ? "look" : context.Request.Path.Value!.Split('/')[^1];
        return Trouble(verb, context.Request.RouteValues["operationId"] as string ?? "") switch
        {
            null => next(context),
            { Status: { } status } => Answer(context, verb, Results.StatusCode(status)),
            var trouble => Troubled(context, next, trouble),
        };
    }

    /// <summary>The call is done, and what it answers is kept back.</summary>
    private async Task Troubled(HttpContext context, RequestDelegate next, DeployTrouble trouble)
    {
        context.Items[nameof(DeployCall.Status)] = 0;
        var wire = context.Response.Body;
        context.Response.Body = Stream.Null;
        await next(context).ConfigureAwait(false);
        context.Response.Body = wire;
        if (trouble == DeployTrouble.LostAnswer)
        {
            context.Abort();
            return;
        }

        context.Response.ContentLength = null;
        await context.Response.Body.FlushAsync(context.RequestAborted).ConfigureAwait(false);
        await Silence(context).ConfigureAwait(false);
        context.Abort();
    }

    private async Task Submit(HttpContext context, string operationId)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync(context.RequestAborted).ConfigureAwait(false);
        DeployOperationRequest request;

        try
        {
            request = JsonSerializer.Deserialize<DeployOperationRequest>(body, JsonSerializerOptions.Web)!;
        }
        catch (JsonException e)
        {
            await Answer(context, "submit", Problem(StatusCodes.Status422UnprocessableEntity, e.Message)).ConfigureAwait(false);
            return;
        }

        var script = Script(request);
        var treatment = script?.NextAnswer() ?? DefaultAnswer(request);
        var (operation, isNew) = treatment.Accepts ? Accept(operationId, request, body, script) : (null, false);

        if (treatment.Delay == Timeout.InfiniteTimeSpan) await Silence(context).ConfigureAwait(false);
        else await Pause.For(treatment.Delay, context.RequestAborted).ConfigureAwait(false);

        if (treatment.Drops || treatment.Delay == Timeout.InfiniteTimeSpan)
        {
            Record(context, "submit", 0);
            context.Abort();
            return;
        }

        if (treatment.RetryAfter is { } wait) context.Response.Headers.RetryAfter = $"{wait.TotalSeconds:0}";
        await Answer(context, "submit", operation switch
        {
            null => Problem(treatment.Status!.Value, "as scripted"),
            _ when operation.Body != body => Problem(StatusCodes.Status409Conflict, "the same id with another body"),
            _ => Results.Json(operation.View(_clock.GetUtcNow()), statusCode: isNew ? StatusCodes.Status201Created : StatusCodes.Status200OK),
        }).ConfigureAwait(false);
    }

    private Task Look(HttpContext context, string operationId) => Answer(context, "look", View(operationId));

    private async Task InspectAsync(HttpContext context)
    {
        if (Found is not { } found)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        var asked = await context.Request.ReadFromJsonAsync<DeployPreflightRequest>(context.RequestAborted).ConfigureAwait(false);
        DeployPreflightResult[] results = [.. asked!.Operations.Select(found)];
        await context.Response.WriteAsJsonAsync(new DeployPreflightView { Ok = results.All(r => r.Ok), Results = results }, context.RequestAborted)
            .ConfigureAwait(false);
    }

    private Task Stop(HttpContext context, string operationId)
    {
        if (_operations.TryGetValue(operationId, out var operation)) operation.Stop(_clock.GetUtcNow());
        return Answer(context, "stop", View(operationId));
    }

    private Task Rollback(HttpContext context, string operationId)
    {
        if (_operations.TryGetValue(operationId, out var operation)) operation.RollBack(_clock.GetUtcNow());
        return Answer(context, "rollback", View(operationId));
    }

    private Task Promote(HttpContext context, string operationId) => Answer(context, "promote", View(operationId));

    private (FakeOperation, bool IsNew) Accept(string operationId, DeployOperationRequest request, string body, DeployScript? script)
    {
        lock (_accepting)
        {
            if (_operations.TryGetValue(operationId, out var known)) return (known, false);
            var operation = new FakeOperation(operationId, request, body, script?.NextOutcome() ?? Default(request), _clock.GetUtcNow())
            {
                Before = Running(request),
            };
            _operations[operationId] = operation;
            if (operation.Outcome is { Reports: > 0, Phase: not null }) _reports.Add(Report(operation));
            return (operation, true);
        }
    }

    private string Running(DeployOperationRequest request) => Operations
        .LastOrDefault(before => before.Request.Workload == request.Workload && before.Request.Cluster == request.Cluster
            && before.Request.Namespace == request.Namespace && before.RolledBackAt is null
            && before.View(_clock.GetUtcNow()).Phase == DeployPhases.Succeeded)?.Request.Image ?? $"registry.example/{request.Application}:0";

    // A callback is tried until somebody takes it: the host may be down at that moment.
    private async Task Report(FakeOperation operation)
    {
        await Pause.For(operation.Outcome.After, _ends.Token).ConfigureAwait(false);
        var left = operation.Outcome.Reports;

        while (left > 0 && ReportTo is { } host)
        {
            try
            {
                var body = new { phase = operation.Outcome.Phase, reason = operation.Outcome.Reason };
                using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(host(), $"api/v1/deployments/{operation.OperationId}/report"));
                request.Content = JsonContent.Create(body);
                request.Headers.Add("X-Operator", "deploy-service");
                using var answer = await _reporter.SendAsync(request, _ends.Token).ConfigureAwait(false);
                if (answer.IsSuccessStatusCode)
                {
                    left--;
                    continue;
                }
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException && !_ends.IsCancellationRequested)
            {
                // Nobody there; again in a moment.
            }

            await Pause.For(TimeSpan.FromMilliseconds(250), _ends.Token).ConfigureAwait(false);
        }
    }

    private async Task Silence(HttpContext context)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _ends.Token);
        await Pause.For(TimeSpan.FromDays(1), either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private DeployScript? Script(DeployOperationRequest request) =>
        _scripts.TryGetValue((request.Application, request.Stage), out var script) || _scripts.TryGetValue((request.Application, null), out script) ? script
            : null;

    private IResult View(string operationId) => _operations.TryGetValue(operationId, out var operation)
        ? Results.Json(operation.View(_clock.GetUtcNow()))
        : Problem(StatusCodes.Status404NotFound, "unknown operation");

    private async Task Answer(HttpContext context, string verb, IResult result)
    {
        await result.ExecuteAsync(context).ConfigureAwait(false);
        Record(context, verb, context.Response.StatusCode);
    }

    private void Record(HttpContext context, string verb, int status) =>
        _calls.Enqueue(new((DateTimeOffset)context.Items[nameof(DeployCall.At)]!, verb, context.Request.RouteValues["operationId"] as string ?? "",
            context.Items[nameof(DeployCall.Status)] as int? ?? status));

    private static IResult Problem(int status, string detail) => Results.Problem(detail, statusCode: status);
}
