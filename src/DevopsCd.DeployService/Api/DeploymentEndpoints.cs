using System.ComponentModel;
using System.Text.Json;
using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Operations;
using DevopsCd.Shared.OpenApi;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DevopsCd.DeployService.Api;

/// <summary>The routes of an operation: submit, look, stop, promote, roll back.</summary>
internal static class DeploymentEndpoints
{
    private const int MostPreflights = 200;
    private const string Json = "application/json";
    private const string IdMeaning = "The id that the operation was started with.";

    /// <summary>A name twice in one object means two things; neither is taken.</summary>
    private static readonly JsonSerializerOptions s_unambiguous = new() { AllowDuplicateProperties = false };

    public static void MapDeployments(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/v1").RequireAuthorization().WithTags("Deployments");
        ((IEndpointConventionBuilder)api).Finally(ApiDocument.Describe);
        api.MapPut("/deployments/{operationId}", PutAsync).Accepts<DeployOperationRequest>(Json)
            .Named("PutDeployment", "Start an operation, or find it again",
                "The same id with the same body finds the first operation. Operations on one workload run one after another.")
            .Answers(201, "The operation was accepted.").Answers(200, "The operation was accepted before, with the same body.")
            .Refuses(ProblemTypes.OutOfScope, ProblemTypes.SameIdOtherBody, ProblemTypes.OperationUnreadable);
        api.MapGet("/deployments/{operationId}", GetAsync)
            .Named("GetDeployment", "Show how an operation stands").Answers(200, "The operation as it is now.").Refuses(ProblemTypes.OperationUnknown);
        api.MapPost("/deployments/{operationId}/stop", StopAsync)
            .Named("StopDeployment", "Stop an unfinished operation",
                "What it has changed is returned, or held where the strategy's `onStop` says `pause`. An operation that has ended stays as it is.")
            .Answers(200, "The operation stops or has ended.").Refuses(ProblemTypes.OperationUnknown, ProblemTypes.OperationBusy);
        api.MapPost("/deployments/{operationId}/promote", PromoteAsync)
            .Named("PromoteDeployment", "Let a paused operation continue").Answers(200, "The operation continues or has succeeded.")
            .Refuses(ProblemTypes.Unreadable, ProblemTypes.OperationUnknown, ProblemTypes.OperationEnded, ProblemTypes.OperationReturning,
                ProblemTypes.TakesNoPromote, ProblemTypes.NotPaused,
                ProblemTypes.OperationBusy);
        api.MapPost("/deployments/{operationId}/rollback", RollbackAsync)
            .Named("RollbackDeployment", "Restore what ran before an operation").Answers(200, "The operation is being rolled back or was rolled back.")
            .Refuses(ProblemTypes.OperationUnknown, ProblemTypes.NothingToRollBack, ProblemTypes.WorkloadBusy, ProblemTypes.NewerOperation,
                ProblemTypes.OperationBusy);
        api.MapPost("/preflight", PreflightAsync).Accepts<DeployPreflightRequest>(Json).WithMetadata(new NeedsNoRecords())
            .Named("Preflight", "Check operations without doing them", $"At most {MostPreflights} operations. The clusters are asked; nothing is written.")
            .Answers(200, "What stands against each operation, in the order they were sent.");
        api.MapPost("/preflight/inspect", InspectAsync).Accepts<DeployPreflightRequest>(Json).WithMetadata(new NeedsNoRecords())
            .Named("InspectTargets", "Show what operations would change, without trying them",
                $"At most {MostPreflights} operations. Their targets are read; a target that already has the image has no changes. Nothing is written.")
            .Answers(200, "What each operation would change, in the order they were sent.");
        api.MapPost("/preflight/validate", ValidateAsync).Accepts<DeployPreflightRequest>(Json).WithMetadata(new NeedsNoRecords())
            .Named("ValidateTargets", "Check targets and their strategies without asking a cluster",
                $"At most {MostPreflights} operations; each may leave its image out.")
            .Answers(200, "What is wrong with each operation by itself, in the order they were sent.");
    }

    private static async Task<Results<Created<DeployOperationView>, Ok<DeployOperationView>, ProblemHttpResult>> PutAsync(
        [Description("An id of the caller's choice: 1 to 200 characters out of `A-Z a-z 0-9 . _ : -`.")] string operationId, HttpContext context,
            RequestReader reader, OperationService operations)
    {
        if (RequestReader.WrongId(operationId) is { } wrongId)
            return Answer.Wrong(new() { ["operationId"] = [wrongId] }).Refusal(context);
        var caller = ApiKeyAuthentication.CallerOf(context);
        var (request, errors) = reader.Read(await BodyAsync(context), caller);
        if (errors.Count > 0)
            return Answer.Wrong(errors).Refusal(context);
        var answer = await operations.PutAsync(operationId, request, caller, context.RequestAborted);
        if (answer.View is not { } view)
            return answer.Refusal(context);
        return answer.IsNew ? TypedResults.Created($"/api/v1/deployments/{operationId}", view) : TypedResults.Ok(view);
    }

    private static async Task<Results<Ok<DeployOperationView>, ProblemHttpResult>> GetAsync([Description(IdMeaning)] string operationId, HttpContext context,
        OperationService operations) =>
        Result(await operations.GetAsync(operationId, ApiKeyAuthentication.CallerOf(context), context.RequestAborted), context);

    private static async Task<Results<Ok<DeployOperationView>, ProblemHttpResult>> StopAsync([Description(IdMeaning)] string operationId, HttpContext context,
        OperationService operations) =>
        Result(await operations.StopAsync(operationId, ApiKeyAuthentication.CallerOf(context), context.RequestAborted), context);

    private static async Task<Results<Ok<DeployOperationView>, ProblemHttpResult>> PromoteAsync(
        [Description(IdMeaning)] string operationId, [Description("Pass this pause and all that follow.")] bool? full, HttpContext context,
            OperationService operations) =>
        Result(await operations.PromoteAsync(operationId, full is true, ApiKeyAuthentication.CallerOf(context), context.RequestAborted), context);

    private static async Task<Results<Ok<DeployOperationView>, ProblemHttpResult>> RollbackAsync([Description(IdMeaning)] string operationId,
        HttpContext context, OperationService operations) =>
        Result(await operations.RollbackAsync(operationId, ApiKeyAuthentication.CallerOf(context), context.RequestAborted), context);

    private static Task<Results<Ok<DeployPreflightView>, ProblemHttpResult>> PreflightAsync(HttpContext context, RequestReader reader,
        Preflight preflight) => LookAsync(context, reader, preflight.CheckAsync);

    private static Task<Results<Ok<DeployPreflightView>, ProblemHttpResult>> InspectAsync(HttpContext context, RequestReader reader,
        Preflight preflight) => LookAsync(context, reader, preflight.InspectAsync);

    private static async Task<Results<Ok<DeployPreflightView>, ProblemHttpResult>> LookAsync(HttpContext context, RequestReader reader,
        Func<IReadOnlyList<(DeployOperationRequest, Dictionary<string, string[]>)>, Caller, CancellationToken, Task<DeployPreflightResult[]>> look)
    {
        var caller = ApiKeyAuthentication.CallerOf(context);
        if (Operations(await BodyAsync(context)) is not { } list)
            return NoOperations(context);
        var results = await look([.. list.Select(item => reader.Read(item, caller))], caller, context.RequestAborted);
        return TypedResults.Ok(new DeployPreflightView { Ok = results.All(r => r.Ok), Results = results });
    }

    private static async Task<Results<Ok<DeployPreflightView>, ProblemHttpResult>> ValidateAsync(HttpContext context, RequestReader reader)
    {
        var caller = ApiKeyAuthentication.CallerOf(context);
        if (Operations(await BodyAsync(context)) is not { } list)
            return NoOperations(context);
        DeployPreflightResult[] results = [.. list.Select(item => Preflight.Validated(reader.Read(item, caller, needsImage: false), caller))];
        return TypedResults.Ok(new DeployPreflightView { Ok = results.All(r => r.Ok), Results = results });
    }

    private static Results<Ok<DeployOperationView>, ProblemHttpResult> Result(Answer answer, HttpContext context) =>
        answer.View is { } view ? TypedResults.Ok(view) : answer.Refusal(context);

    private static JsonElement[]? Operations(JsonElement body) => body.Items("operations") is { Length: > 0 and <= MostPreflights } list ? list : null;

    private static ProblemHttpResult NoOperations(HttpContext context) =>
        Answer.Wrong(new() { ["operations"] = [$"must be a list of 1 to {MostPreflights} operations"] }).Refusal(context);

    private static async Task<JsonElement> BodyAsync(HttpContext context)
    {
        if (context.Request.ContentLength == 0)
            throw new BadHttpRequestException("there is no body; send the operation as JSON");
        try
        {
            var body = await JsonSerializer.DeserializeAsync<JsonElement>(context.Request.Body, s_unambiguous, context.RequestAborted);
            DecodeTexts(body);
            return body;
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            throw new BadHttpRequestException($"the body is not JSON: {broken.Message}", broken);
        }
    }

    /// <summary>Half of a surrogate pair passes the parser and throws only where the text is used.</summary>
    private static void DecodeTexts(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                element.GetString();
                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                    DecodeTexts(item);
                break;
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                {
                    _ = property.Name;
                    DecodeTexts(property.Value);
                }
                break;
        }
    }
}
