using System.Globalization;
using System.Text.Json;
using DevopsCd.Contracts;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Batches;
using MassTransit;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DevopsCd.Host.Api;

/// <summary><c>/api/v1/batches</c>.</summary>
internal static class BatchEndpoints
{
    public static void MapBatches(this IEndpointRouteBuilder api)
    {
        var batches = api.MapGroup("/batches").WithTags("Batches");
        batches.MapPost("/", Create).WithName("CreateBatch").WithSummary("Create a batch").WithMetadata(new LongWork(TimeSpan.FromSeconds(30))).Produces<BatchView>(StatusCodes.Status201Created)
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesValidationProblem(StatusCodes.Status422UnprocessableEntity);
        batches.MapGet("/", List).WithName("ListBatches").WithSummary("List batches, newest first");
        batches.MapGet("/{id:long}", Get).WithName("GetBatch").WithSummary("A batch with its applications and legal events");
        batches.MapGet("/{id:long}/events", Events).WithName("ListBatchEvents").WithSummary("The audit of a batch, oldest first");
        batches.MapPost("/{id:long}/events/{batchEvent}", Raise).WithName("RaiseBatchEvent").WithSummary("Raise a batch event").Produces<EventAccepted>()
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status412PreconditionFailed).ProducesValidationProblem(StatusCodes.Status422UnprocessableEntity);
        batches.MapPut("/{id:long}/releases/{app}", Change).WithName("ChangeRelease").WithSummary("Pin a build, set dependencies");
    }

    private static async Task<IResult> Create(NewBatch body, HttpContext http, BatchCommands commands, BatchQueries queries, Lifecycle lifecycle, CancellationToken cancellationToken)
    {
        var row = await commands.Send(new CreateBatch
        {
            BatchId = NewId.NextGuid(),
            Title = body.Title,
            BatchNumber = body.BatchNumber,
            Project = body.Project,
            Operator = OperatorFilter.Of(http),
            Releases = body.Releases
        }, Idempotency(http), cancellationToken);
        if (row.Outcome == EventOutcome.Refused)
            return Refusals.Result(row.RefusalKind ?? RefusalKind.Illegal, row.Reason ?? "", null, Refused(row), lifecycle);
        var view = (await queries.Get(row.BatchId!.Value, cancellationToken))!;
        http.Response.Headers.ETag = Tag(view.Version);
        return TypedResults.Created($"/api/v1/batches/{view.Id}", view);
    }

    private static Task<Page<BatchSummary>> List(string? status, string? q, string? cursor, int? limit, BatchQueries queries, CancellationToken cancellationToken) =>
        queries.List(Statuses(status), q, Paging.After(cursor), Paging.Limit(limit), cancellationToken);

    private static async Task<Results<Ok<BatchView>, NotFound>> Get(long id, HttpContext http, BatchQueries queries, CancellationToken cancellationToken)
    {
        if (await queries.Get(id, cancellationToken) is not { } view)
            return TypedResults.NotFound();
        http.Response.Headers.ETag = Tag(view.Version);
        return TypedResults.Ok(view);
    }

    private static async Task<Results<Ok<Page<BatchEventView>>, NotFound>> Events(long id, string? cursor, int? limit, BatchQueries queries, CancellationToken cancellationToken) =>
        await queries.CorrelationId(id, cancellationToken) is null
            ? TypedResults.NotFound()
            : TypedResults.Ok(await queries.Events(id, Paging.After(cursor) ?? 0, Paging.Limit(limit), cancellationToken));

    private static async Task<IResult> Raise(
        long id, string batchEvent, RaiseEvent? body, HttpContext http, BatchCommands commands, BatchQueries queries, Lifecycle lifecycle, CancellationToken cancellationToken)
    {
        if (await queries.CorrelationId(id, cancellationToken) is not { } batchId)
            return TypedResults.Problem($"There is no batch {id}.", statusCode: StatusCodes.Status404NotFound);
        var raised = commands.Raise(batchEvent, batchId, OperatorFilter.Of(http), body?.Reason, body?.ContentHash, Version(http), Idempotency(http), cancellationToken);
        if (raised is null)
            return TypedResults.Problem($"There is no event '{batchEvent}'; known: {string.Join(", ", Lifecycle.Events)}.", statusCode: StatusCodes.Status404NotFound);

        var row = await raised;
        if (row.Outcome != EventOutcome.Accepted)
            return Refusals.Result(row.RefusalKind ?? RefusalKind.Illegal, row.Reason ?? "", row.FromState, Refused(row), lifecycle);
        http.Response.Headers.ETag = Tag(row.Version);
        return TypedResults.Ok(new EventAccepted
        {
            BatchId = id,
            Event = row.Event,
            From = BatchStatus.Code(row.FromState!),
            To = BatchStatus.Code(row.ToState!),
            FromName = row.FromState!,
            ToName = row.ToState!,
            Version = row.Version
        });
    }

    private static async Task<Results<Ok<BatchView>, NotFound>> Change(long id, string app, ReleaseChange body, HttpContext http, BatchContent content, BatchQueries queries, CancellationToken cancellationToken)
    {
        await content.Change(id, app, body, OperatorFilter.Of(http), cancellationToken);
        return TypedResults.Ok((await queries.Get(id, cancellationToken))!);
    }

    private static List<string> Statuses(string? status) => string.IsNullOrWhiteSpace(status) ? [] : [.. status.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Status)];

    private static string Status(string text)
    {
        if (short.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var code) && BatchStatus.TryName(code, out var name))
            return name;
        return BatchStatus.All.Select(s => s.Name).FirstOrDefault(n => n.Equals(text, StringComparison.OrdinalIgnoreCase))
            ?? throw BatchRefused.Content("status", $"'{text}' is none of {string.Join(", ", BatchStatus.All.Select(s => $"{s.Code} {s.Name}"))}");
    }

    private static string? Idempotency(HttpContext http) => http.Request.Headers["Idempotency-Key"].ToString() is { Length: > 0 } key ? key : null;

    private static string Tag(int version) => $"\"{version}\"";

    /// <summary>The version in <c>If-Match</c>; null when absent or <c>*</c>.</summary>
    private static int? Version(HttpContext http)
    {
        var text = http.Request.Headers.IfMatch.ToString();
        if (text.Length == 0 || text == "*")
            return null;
        return int.TryParse(text.Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? version
            : throw BatchRefused.Content("If-Match", "must be the ETag of the batch, for example \"3\"");
    }

    private static Dictionary<string, string[]> Refused(BatchEvent row) =>
        row.Detail is null ? [] : JsonSerializer.Deserialize<Dictionary<string, string[]>>(row.Detail, JsonSerializerOptions.Web)!;
}
