using System.Text.Json;
using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Operations;

namespace DevopsCd.DeployService.Api;

/// <summary>Spec §8.</summary>
internal static class DeploymentEndpoints
{
    private const int MostPreflights = 200;
    private const string Json = "application/json";

    /// <summary>A name twice in one object means two things; neither is taken.</summary>
    private static readonly JsonSerializerOptions Unambiguous = new() { AllowDuplicateProperties = false };

    public static void MapDeployments(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/v1").RequireAuthorization().WithTags("Deployments");
        api.MapPut("/deployments/{operationId}", PutAsync).WithName("PutDeployment").WithSummary("Start an operation, or find it again")
            .Accepts<DeployOperationRequest>(Json).Produces<DeployOperationView>(201).Produces<DeployOperationView>()
            .ProducesProblem(401).ProducesProblem(403).ProducesProblem(409).ProducesProblem(422).ProducesProblem(429).ProducesProblem(503);
        api.MapGet("/deployments/{operationId}", GetAsync).WithName("GetDeployment").WithSummary("How an operation stands")
            .Produces<DeployOperationView>().ProducesProblem(401).ProducesProblem(404).ProducesProblem(429).ProducesProblem(503);
        api.MapPost("/deployments/{operationId}/stop", StopAsync).WithName("StopDeployment").WithSummary("Pause or return an unfinished operation")
            .Produces<DeployOperationView>().ProducesProblem(401).ProducesProblem(404).ProducesProblem(429).ProducesProblem(503);
        api.MapPost("/deployments/{operationId}/promote", PromoteAsync).WithName("PromoteDeployment").WithSummary("Let a paused operation go on; full=true to the end")
            .Produces<DeployOperationView>().ProducesProblem(401).ProducesProblem(404).ProducesProblem(409).ProducesProblem(429).ProducesProblem(503);
        api.MapPost("/deployments/{operationId}/rollback", RollbackAsync).WithName("RollbackDeployment").WithSummary("Put back what ran before this operation")
            .Produces<DeployOperationView>().ProducesProblem(401).ProducesProblem(404).ProducesProblem(409).ProducesProblem(429).ProducesProblem(503);
        api.MapPost("/preflight", PreflightAsync).WithName("Preflight").WithSummary("Check operations without doing them")
            .Accepts<DeployPreflightRequest>(Json).Produces<DeployPreflightView>().ProducesProblem(401).ProducesProblem(422).ProducesProblem(429);
    }

    private static async Task<IResult> PutAsync(string operationId, HttpContext context, RequestReader reader, OperationService operations)
    {
        if (RequestReader.WrongId(operationId) is { } wrongId)
            return Answer.Wrong(new() { ["operationId"] = [wrongId] }).ToResult(context);
        var caller = ApiKeyAuthentication.CallerOf(context);
        var (request, errors) = reader.Read(await BodyAsync(context), caller);
        return errors.Count > 0
            ? Answer.Wrong(errors).ToResult(context)
            : (await operations.PutAsync(operationId, request, caller, context.RequestAborted)).ToResult(context, $"/api/v1/deployments/{operationId}");
    }

    private static async Task<IResult> GetAsync(string operationId, HttpContext context, OperationService operations) =>
        (await operations.GetAsync(operationId, ApiKeyAuthentication.CallerOf(context), context.RequestAborted)).ToResult(context);

    private static async Task<IResult> StopAsync(string operationId, HttpContext context, OperationService operations) =>
        (await operations.StopAsync(operationId, ApiKeyAuthentication.CallerOf(context), context.RequestAborted)).ToResult(context);

    private static async Task<IResult> PromoteAsync(string operationId, bool? full, HttpContext context, OperationService operations) =>
        (await operations.PromoteAsync(operationId, full is true, ApiKeyAuthentication.CallerOf(context), context.RequestAborted)).ToResult(context);

    private static async Task<IResult> RollbackAsync(string operationId, HttpContext context, OperationService operations) =>
        (await operations.RollbackAsync(operationId, ApiKeyAuthentication.CallerOf(context), context.RequestAborted)).ToResult(context);

    private static async Task<IResult> PreflightAsync(HttpContext context, RequestReader reader, Preflight preflight)
    {
        var caller = ApiKeyAuthentication.CallerOf(context);
        var body = await BodyAsync(context);
        if (body.At("operations") is not { ValueKind: JsonValueKind.Array } list || list.GetArrayLength() is 0 or > MostPreflights)
            return Answer.Wrong(new() { ["operations"] = [$"must be a list of 1 to {MostPreflights} operations"] }).ToResult(context);
        var results = await preflight.CheckAsync([.. list.EnumerateArray().Select(item => reader.Read(item, caller))], caller, context.RequestAborted);
        return Results.Ok(new DeployPreflightView { Ok = results.All(r => r.Ok), Results = results });
    }

    private static async Task<JsonElement> BodyAsync(HttpContext context)
    {
        if (context.Request.ContentLength == 0)
            throw new BadHttpRequestException("there is no body; send the operation as JSON");
        try
        {
            var body = await JsonSerializer.DeserializeAsync<JsonElement>(context.Request.Body, Unambiguous, context.RequestAborted);
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
