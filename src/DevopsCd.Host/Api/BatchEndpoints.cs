using System.ComponentModel;
using System.Globalization;
using DevopsCd.Contracts;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Approvals;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Data;
using DevopsCd.Core.Evidence;
using DevopsCd.Host.Access;
using DevopsCd.Shared;
using DevopsCd.Shared.Evidence;
using DevopsCd.Shared.OpenApi;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace DevopsCd.Host.Api;

/// <summary><c>/api/v1/batches</c>.</summary>
internal static class BatchEndpoints
{
    private const string IdMeaning = "The batch's `id`, a whole number.";

    public static void MapBatches(this IEndpointRouteBuilder api)
    {
        var batches = api.MapGroup("/batches").WithTags("Batches");
        batches.MapPost("/", CreateAsync).Requires(Permissions.Create, RightsOf.Body).WithMetadata(new RequestTimeoutMetadata(TimeSpan.FromSeconds(30)))
            .Named("CreateBatch", "Create a batch", "An application can be in one open batch at a time.")
            .Answers(201, "The batch was created.").Refuses(ProblemTypes.Refused);
        batches.MapGet("/", ListAsync).Requires(Permissions.View, RightsOf.Listed)
            .Named("ListBatches", "List batches, newest first").Answers(200, "One page of batches.");
        batches.MapGet("/{id:long}", GetAsync).Requires(Permissions.View, RightsOf.Batch)
            .Named("GetBatch", "Show a batch with its applications and legal events").Answers(200, "The batch as it is now.").Refuses(ProblemTypes.NotFound);
        batches.MapGet("/{id:long}/events", EventsAsync).Requires(Permissions.View, RightsOf.Batch)
            .Named("ListBatchEvents", "List the audit of a batch, oldest first").Answers(200, "One page of the batch's audit.").Refuses(ProblemTypes.NotFound);
        batches.MapGet("/{id:long}/explain", ExplainAsync).Requires(Permissions.View, RightsOf.Batch)
            .Named("ExplainBatch", "Explain what stands in the way of a batch's events",
                "The same checks refuse an event when it is raised: its state, the caller's rights, missing approvals and whatever else. What depends on "
                + "what is sent with it is not judged here.")
            .Answers(200, "Each event, with what stands in its way now.").Refuses(ProblemTypes.NotFound);
        batches.MapGet("/{id:long}/preflight", PreflightAsync).Requires(Permissions.View, RightsOf.Batch)
            .Named("PreflightBatch", "Show what starting a stage would do now, and what would stop it",
                "The checks that would refuse the start, also before the seal; every operation with what runs and what would run; what the deploy service "
                + "has against them; the gates; and how long the stage usually takes. Of `rollback`: what production would go back to. Nothing is written.")
            .Answers(200, "What would happen.").Refuses(ProblemTypes.NotFound);
        batches.MapGet("/{id:long}/plan", PlanAsync).Requires(Permissions.View, RightsOf.Batch)
            .Named("PlanBatch", "Show what a stage of a batch does, in its order",
                "Of `rollback`: what production goes back to, in the reverse order, as it was recorded when each operation began; before production has begun, "
                + "what runs there now. Applications that are new in the batch stay.")
            .Answers(200, "The operations of the stage.").Refuses(ProblemTypes.NotFound);
        batches.MapPost("/{id:long}/revert", RevertAsync).Requires(Permissions.Create, RightsOf.Batch)
            .WithMetadata(new RequestTimeoutMetadata(TimeSpan.FromSeconds(30)))
            .Named("RevertBatch", "Make a new batch that brings back what ran before an accepted one",
                "Its applications are pinned to the builds that ran before, in the reverse order; it waits for approval like any other. What cannot be taken back "
                + "is named.")
            .Answers(201, "The new batch was created.").Refuses(ProblemTypes.NotFound, ProblemTypes.Refused);
        batches.MapPost("/{id:long}/split", SplitAsync).Requires(Permissions.Edit, RightsOf.Batch)
            .WithMetadata(new RequestTimeoutMetadata(TimeSpan.FromSeconds(30)))
            .Named("SplitBatch", "Move applications of a sealed batch into a new one",
                "Possible while the batch is sealed or pre-deployed and production has not moved, with the permission to create a batch of them. What "
                + "depends on them goes with them, or the split is refused with the names. The new batch waits for approval like any other.")
            .Answers(201, "The new batch was created, and its applications have left the other one.").Refuses(ProblemTypes.NotFound, ProblemTypes.Refused);
        batches.MapGet("/{id:long}/approvals", ApprovalsAsync).Requires(Permissions.View, RightsOf.Batch)
            .Named("ShowBatchApprovals", "Show who has approved a batch, and who is still needed",
                "People approve with the event `approve`; where the policy asks for it, they start production together with `start_prod_deploy`.")
            .Answers(200, "The votes that were given and those that are missing.").Refuses(ProblemTypes.NotFound);
        batches.MapGet("/{id:long}/evidence", EvidenceAsync).Requires(Permissions.AuditRead, RightsOf.Batch)
            .Produces<byte[]>(StatusCodes.Status200OK, EvidenceFile.MediaType)
            .Named("GetBatchEvidence", "Get the evidence of a batch",
                "A zip with the content, the approvals, the audit with its hashes, the operations, the notices and what ran where before and after, signed "
                + "with the key of the service (`core:evidence:key`). `devopscd evidence verify` checks it without the service.")
            .Answers(200, "The evidence, as a zip.").Refuses(ProblemTypes.NotFound);
        batches.MapPost("/{id:long}/events/{batchEvent}", RaiseAsync).Requires(Permissions.View, RightsOf.Event)
            .Named("RaiseBatchEvent", "Raise an event of a batch",
                "The answer is the committed result. An event that the batch's state does not allow is refused with the events that it does allow.")
            .Answers(200, "The event was accepted and the batch is in its new state.").Refuses(ProblemTypes.NotFound, ProblemTypes.Refused);
        batches.MapDelete("/{id:long}/scheduled-start", WithdrawStartAsync).Requires(Permissions.Cancel, RightsOf.Batch)
            .Named("WithdrawScheduledStart", "Withdraw a start that waits for its time", "The batch stays as it is.")
            .Answers(204, "Nothing starts at that time any more.").Refuses(ProblemTypes.NotFound);
        batches.MapPatch("/{id:long}", ChangeBatchAsync).Requires(Permissions.Edit, RightsOf.Batch)
            .Named("ChangeBatch", "Change the title or the project of a batch",
                "Possible until the batch is sealed. Another project needs the permission there, too.")
            .Answers(200, "The batch with the change.").Refuses(ProblemTypes.NotFound, ProblemTypes.Refused);
        batches.MapPost("/{id:long}/releases", AddReleasesAsync).Requires(Permissions.Edit, RightsOf.Batch)
            .Named("AddReleases", "Add applications to a batch",
                "Possible until the batch is sealed, with the permission in the project of each. What is in the batch already waits for what it depends on.")
            .Answers(200, "The batch with its new applications.").Refuses(ProblemTypes.NotFound, ProblemTypes.Refused);
        batches.MapDelete("/{id:long}/releases/{app}", RemoveReleaseAsync).Requires(Permissions.Edit, RightsOf.Batch)
            .Named("RemoveRelease", "Take an application out of a batch", "Possible until the batch is sealed. What waited for it waits no longer.")
            .Answers(200, "The batch without the application.").Refuses(ProblemTypes.NotFound, ProblemTypes.Refused);
        batches.MapPut("/{id:long}/releases/{app}", ChangeAsync).Requires(Permissions.Edit, RightsOf.Batch)
            .Named("ChangeRelease", "Change branch, build or dependencies of an application in a batch", "Possible until the batch is sealed.")
            .Answers(200, "The batch with the change.").Refuses(ProblemTypes.NotFound, ProblemTypes.Refused);
    }

    private static async Task<Results<FileContentHttpResult, ProblemHttpResult>> EvidenceAsync(
        [Description(IdMeaning)] long id, HttpContext http, EvidenceBook book, CancellationToken cancellationToken)
    {
        try
        {
            return await book.FindAsync(id, Caller.Of(http).Id, cancellationToken) is { } found
                ? TypedResults.File(found.Content, EvidenceFile.MediaType, found.Name, entityTag: new EntityTagHeaderValue(EntityTags.Quoted(found.Tag)))
                : Problems.NotFound($"batch {id}");
        }
        catch (ArchiveUnreadableException unreadable)
        {
            return Problems.Of(ProblemTypes.Unavailable, Sentence.Quote(unreadable.Message));
        }
    }

    private static async Task<Results<Tagged<Created<BatchView>>, ProblemHttpResult>> CreateAsync(
        JsonBody<NewBatch> sent, IdempotencyKey key, HttpContext http, BatchCommands commands, BatchQueries queries, BatchTransitionTable lifecycle,
            CancellationToken cancellationToken)
    {
        var result = await commands.CreateAsync(sent.Value, Caller.Of(http), key.Value, cancellationToken);
        if (result.RefusalKind is not null)
            return Refusals.Result(result, lifecycle);
        var (view, tag) = (await queries.GetTaggedAsync(result.BatchId!.Value, cancellationToken))!.Value;
        return EntityTags.Created($"/api/v1/batches/{view.Id}", view, tag.ToString(), endsWithBody: true);
    }

    private static async Task<Ok<Page<BatchSummary>>> ListAsync(
        [Description("States by code or English name, several separated by commas; without it all.")] string? status,
        [Description("Part of the batch's number, its title or the name of one of its applications; case does not matter.")] string? q,
        [Description(Paging.CursorMeaning)] string? cursor, [Description(Paging.LimitMeaning)] int? limit, InView view, BatchQueries queries,
            CancellationToken cancellationToken) =>
        TypedResults.Ok(await queries.ListAsync(view.Projects, Statuses(status), q, Paging.After(cursor), Paging.Limit(limit), cancellationToken));

    private static async Task<Results<Tagged<Ok<BatchView>>, ProblemHttpResult>> GetAsync([Description(IdMeaning)] long id, BatchQueries queries,
        CancellationToken cancellationToken) =>
        await queries.GetTaggedAsync(id, cancellationToken) is { } found ? EntityTags.Ok(found.View, found.Tag.ToString(), endsWithBody: true) : NoBatch(id);

    private static async Task<Results<Ok<Page<BatchEventView>>, ProblemHttpResult>> EventsAsync(
        [Description(IdMeaning)] long id, [Description(Paging.CursorMeaning)] string? cursor, [Description(Paging.LimitMeaning)] int? limit,
            BatchQueries queries, CancellationToken cancellationToken) =>
        await queries.CorrelationIdAsync(id, cancellationToken) is null
            ? NoBatch(id)
            : TypedResults.Ok(await queries.EventsAsync(id, Paging.After(cursor) ?? 0, Paging.Limit(limit), cancellationToken));

    private static async Task<Results<Ok<BatchExplanation>, ProblemHttpResult>> ExplainAsync(
        [Description(IdMeaning)] long id, [Description("The key of the only event to explain; without it all events of the batch.")] string? @event,
            HttpContext http, BatchExplainer explainer, CancellationToken cancellationToken)
    {
        if (!string.IsNullOrEmpty(@event) && BatchEventTypes.Find(@event) is not { Creates: false })
            return Problems.NotFound($"event '{@event}'; known: {string.Join(", ", BatchEventTypes.Moving.Select(e => e.Key))}");
        return await explainer.ExplainAsync(id, BatchEventTypes.Find(@event), Caller.Of(http), cancellationToken) is { } explanation
            ? TypedResults.Ok(explanation)
            : NoBatch(id);
    }

    private static async Task<Results<Ok<BatchPreflight>, ProblemHttpResult>> PreflightAsync(
        [Description(IdMeaning)] long id,
        [Description("The stage: `pre`, `prod` or `rollback`; without it the one that the batch comes to next.")] string? stage,
        HttpContext http, BatchPreflights preflights, CancellationToken cancellationToken)
    {
        if (!string.IsNullOrEmpty(stage) && !EnumNames<Stage>.TryValue(stage, out _))
            throw QueryValue.None("stage", stage, [.. Stages.All.Select(EnumNames<Stage>.Of)], Stages.All.Select(EnumNames<Stage>.Of));
        return await preflights.LookAsync(id, string.IsNullOrEmpty(stage) ? null : EnumNames<Stage>.Value(stage), Caller.Of(http), cancellationToken)
            is { } preflight
            ? TypedResults.Ok(preflight)
            : NoBatch(id);
    }

    private static async Task<Results<Ok<BatchPlan>, ProblemHttpResult>> PlanAsync(
        [Description(IdMeaning)] long id, [Description("The stage: `pre`, `prod` or `rollback`; without it the one that the batch is in or comes to next.")] string? stage,
        BatchPlans plans,
        CancellationToken cancellationToken)
    {
        if (!string.IsNullOrEmpty(stage) && !EnumNames<Stage>.TryValue(stage, out _))
            throw QueryValue.None("stage", stage, [.. Stages.All.Select(EnumNames<Stage>.Of)], Stages.All.Select(EnumNames<Stage>.Of));
        return await plans.LookAsync(id, string.IsNullOrEmpty(stage) ? null : EnumNames<Stage>.Value(stage), cancellationToken) is { } plan
            ? TypedResults.Ok(plan) : NoBatch(id);
    }

    private static async Task<Results<Created<BatchReverted>, ProblemHttpResult>> RevertAsync(
        [Description(IdMeaning)] long id, JsonBody<RevertBody>? sent, IfMatch seen, IdempotencyKey key, HttpContext http, BatchReverts reverts,
        BatchQueries queries, BatchTransitionTable lifecycle, CancellationToken cancellationToken)
    {
        if (await reverts.RevertAsync(id, sent?.Value, seen.Precondition(), Caller.Of(http), key.Value, cancellationToken) is not var (result, left))
            return NoBatch(id);
        if (result.RefusalKind is not null)
            return Refusals.Result(result, lifecycle);
        var batch = (await queries.GetAsync(result.BatchId!.Value, cancellationToken))!;
        return TypedResults.Created($"/api/v1/batches/{batch.Id}", new BatchReverted { Batch = batch, Left = left });
    }

    private static async Task<Results<Tagged<Created<BatchView>>, ProblemHttpResult>> SplitAsync(
        [Description(IdMeaning)] long id, JsonBody<SplitBody> sent, IfMatch seen, IdempotencyKey key, HttpContext http, BatchSplits splits, BatchQueries queries,
        BatchTransitionTable lifecycle, CancellationToken cancellationToken)
    {
        if (await splits.SplitAsync(id, sent.Value, seen.Precondition(), Caller.Of(http), key.Value, cancellationToken) is not { } result)
            return NoBatch(id);
        if (result.RefusalKind is not null)
            return Refusals.Result(result, lifecycle);
        var (view, tag) = (await queries.GetTaggedAsync(result.BatchId!.Value, cancellationToken))!.Value;
        return EntityTags.Created($"/api/v1/batches/{view.Id}", view, tag.ToString(), endsWithBody: true);
    }

    private static async Task<Results<Ok<BatchApprovals>, ProblemHttpResult>> ApprovalsAsync(
        [Description(IdMeaning)] long id, BatchQueries queries, CancellationToken cancellationToken) =>
        await queries.ApprovalsAsync(id, cancellationToken) is { } approvals ? TypedResults.Ok(approvals) : NoBatch(id);

    private static async Task<Results<Tagged<Ok<EventAccepted>>, ProblemHttpResult>> RaiseAsync(
        [Description(IdMeaning)] long id,
            [Description("The key of the event, for example `approve`; a batch lists those that are legal in its state as `availableEvents`.")] string batchEvent,
        JsonBody<RaiseEvent>? sent, IfMatch seenTags, IdempotencyKey key, HttpContext http, BatchCommands commands, BatchQueries queries,
            ScheduledStarts starts, BatchIds ids, BatchTransitionTable lifecycle, CancellationToken cancellationToken)
    {
        if (await queries.CorrelationIdAsync(id, cancellationToken) is not { } batchId)
            return NoBatch(id);
        if (BatchEventTypes.Find(batchEvent) is not { CanBeRequested: true } type)
            return Problems.NotFound($"event '{batchEvent}'; known: {string.Join(", ", BatchEventTypes.Requestable.Select(e => e.Key))}");
        var (body, seen) = (sent?.Value, await SeenAsync(id, seenTags.Tags, queries, cancellationToken));

        var result = await commands.RaiseAsync(type, new EventRequest
        {
            BatchId = batchId,
            Operator = Caller.Of(http).Operator,
            Reason = body?.Reason,
            ContentHash = body?.ContentHash ?? seen?.Content,
            AcceptMoved = body?.AcceptMoved == true,
            All = body?.All == true,
            OverrideFreeze = body?.OverrideFreeze == true,
            NotBefore = body?.NotBefore,
            ExpiresAt = body?.ExpiresAt,
            ExpectedVersion = seen?.Version
        }, Caller.Of(http), key.Value, cancellationToken);
        if (result.RefusalKind == RefusalKind.NotFound)
            ids.Forget(id);
        if (result.RefusalKind is not null)
            return Refusals.Result(result, lifecycle, looksAtState: true);
        var changes = result.SinceApproval;
        return EntityTags.Ok(new EventAccepted
        {
            BatchId = id,
            Event = type.Key,
            From = BatchStatus.Code(result.FromState!),
            To = BatchStatus.Code(result.ToState!),
            FromName = result.FromState!,
            ToName = result.ToState!,
            Version = result.Version,
            Votes = result.Votes?.Votes,
            Required = result.Votes?.Required,
            Missing = result.Votes is null ? null : ApprovalViews.View(result.Votes.Missing),
            Scheduled = result.Event == ScheduledStarts.Scheduled ? await starts.ShowAsync(id, cancellationToken) : null,
            ContentChangedSinceApproval = changes is null ? null : true,
            ChangesSinceApproval = changes is { Count: > 0 } ? changes : null
        }, new BatchTag(result.Version).ToString());
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> WithdrawStartAsync(
        [Description(IdMeaning)] long id, HttpContext http, ScheduledStarts starts, CancellationToken cancellationToken) =>
        await starts.WithdrawAsync(id, Caller.Of(http).Operator, cancellationToken)
            ? TypedResults.NoContent()
            : Problems.NotFound($"scheduled start of batch {id}");

    private static async Task<Tagged<Ok<BatchView>>> ChangeAsync(
        [Description(IdMeaning)] long id, [Description("The name of the application.")] string app,
        JsonBody<ReleaseChange> body, IfMatch seen, HttpContext http, ReleaseEditor content, BatchQueries queries, CancellationToken cancellationToken)
    {
        await content.ChangeAsync(id, app, body.Value, seen.Precondition(), Caller.Of(http).Operator, cancellationToken);
        return await PresentAsync(id, queries, cancellationToken);
    }

    private static async Task<Tagged<Ok<BatchView>>> ChangeBatchAsync(
        [Description(IdMeaning)] long id, JsonBody<BatchChange> body, IfMatch seen, HttpContext http, Door door, ReleaseEditor content,
        BatchQueries queries, CancellationToken cancellationToken)
    {
        if (body.Value.Project is { Length: > 0 } project)
            await door.RequireAsync(http, Permissions.Edit, [project], null);
        await content.ChangeAsync(id, body.Value, seen.Precondition(), Caller.Of(http).Operator, cancellationToken);
        return await PresentAsync(id, queries, cancellationToken);
    }

    private static async Task<Tagged<Ok<BatchView>>> AddReleasesAsync(
        [Description(IdMeaning)] long id, JsonBody<NewReleases> body, IfMatch seen, HttpContext http, Door door, BatchDoor applications,
        ReleaseEditor content, BatchQueries queries, CancellationToken cancellationToken)
    {
        if (await applications.LookAsync(Caller.Of(http), Permissions.Edit, body.Value.Releases, cancellationToken) is { } refused)
            await door.RefuseAsync(http, refused);
        try
        {
            await content.AddAsync(id, body.Value.Releases, seen.Precondition(), Caller.Of(http), cancellationToken);
        }
        catch (BatchRefusedException denied) when (denied.Kind == RefusalKind.Denied)
        {
            // An application has moved to a project of other people since the look above.
            await door.RefuseAsync(http, denied);
        }
        return await PresentAsync(id, queries, cancellationToken);
    }

    private static async Task<Tagged<Ok<BatchView>>> RemoveReleaseAsync(
        [Description(IdMeaning)] long id, [Description("The name of the application.")] string app, IfMatch seen, HttpContext http,
        ReleaseEditor content, BatchQueries queries, CancellationToken cancellationToken)
    {
        await content.RemoveAsync(id, app, seen.Precondition(), Caller.Of(http).Operator, cancellationToken);
        return await PresentAsync(id, queries, cancellationToken);
    }

    private static async Task<Tagged<Ok<BatchView>>> PresentAsync(long id, BatchQueries queries, CancellationToken cancellationToken)
    {
        var (view, tag) = (await queries.GetTaggedAsync(id, cancellationToken))!.Value;
        return EntityTags.Ok(view, tag.ToString(), endsWithBody: true);
    }

    private static ProblemHttpResult NoBatch(long id) => Problems.NotFound($"batch {id}");

    private static List<string> Statuses(string? status) =>
        string.IsNullOrWhiteSpace(status) ? [] : [.. status.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Status)];

    private static string Status(string text)
    {
        if (short.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var code) && BatchStatus.TryName(code, out var name))
            return name;
        return BatchStatus.All.Select(s => s.Name).FirstOrDefault(n => n.Equals(text, StringComparison.OrdinalIgnoreCase))
            ?? throw QueryValue.None("status", text, [.. BatchStatus.All.Select(s => s.Name)], BatchStatus.All.Select(s => $"{s.Code} {s.Name}"));
    }

    /// <summary>What the caller has seen of the batch, by <c>If-Match</c>; null when it does not say. Of several it is the one that still holds.</summary>
    private static async Task<BatchTag?> SeenAsync(long id, IReadOnlyList<string> tags, BatchQueries queries, CancellationToken cancellationToken)
    {
        if (tags.Count == 0 || tags.Contains("*"))
            return null;
        var known = tags.Select(BatchTag.Parse).OfType<BatchTag>().ToList();
        if (known.Count == 0)
            throw new BatchRefusedException(RefusalKind.Stale, $"\"{tags[0]}\" is not an ETag of batch {id}; read the batch again");
        return known.Count > 1 && await queries.GetTaggedAsync(id, cancellationToken) is { } present ? known.Find(tag => tag.Holds(present.Tag)) ?? known[0]
            : known[0];
    }
}
