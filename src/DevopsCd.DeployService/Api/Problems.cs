using System.Diagnostics;
using DevopsCd.DeployService.Operations;
using Microsoft.AspNetCore.Mvc;

namespace DevopsCd.DeployService.Api;

/// <summary>Every refusal as RFC 9457, with a stable type.</summary>
internal static class Problems
{
    private const string TypePrefix = "urn:devopscd:deploy:";

    private static readonly Dictionary<int, string> Titles = new()
    {
        [400] = "The request cannot be read",
        [401] = "Who are you?",
        [403] = "Not with this key",
        [404] = "Not found",
        [405] = "Not this method",
        [409] = "Not as things are",
        [413] = "Too large",
        [415] = "JSON, please",
        [422] = "Some fields are wrong",
        [429] = "Too many requests",
        [500] = "The service has failed",
        [503] = "The records cannot be reached"
    };

    public static ProblemDetails Of(HttpContext context, int status, string code, string? detail, Dictionary<string, string[]>? errors = null)
    {
        var problem = new ProblemDetails
        {
            Type = TypePrefix + code,
            Title = Titles.GetValueOrDefault(status),
            Status = status,
            Detail = detail,
            Extensions = { ["traceId"] = Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier }
        };
        if (errors is not null)
            problem.Extensions["errors"] = errors;
        return problem;
    }

    /// <summary>What the server itself has refused says, too, what to do about it.</summary>
    public static void Complete(ProblemDetailsContext context)
    {
        var (http, problem) = (context.HttpContext, context.ProblemDetails);
        if (problem.Type?.StartsWith(TypePrefix, StringComparison.Ordinal) is true)
            return;
        (string Code, string Detail)? known = problem.Status switch
        {
            StatusCodes.Status404NotFound => ("no-such-path", "there is nothing under this path; /openapi/v1.json lists what there is"),
            StatusCodes.Status405MethodNotAllowed => ("no-such-method", $"this path takes {http.Response.Headers.Allow}"),
            StatusCodes.Status415UnsupportedMediaType => ("json-needed", "send the body with Content-Type: application/json"),
            _ => null
        };
        if (known is { } ours)
            context.ProblemDetails = Of(http, problem.Status!.Value, ours.Code, ours.Detail);
    }

    public static IResult ToResult(this Answer answer, HttpContext context, string? location = null) => answer.View is { } view
        ? answer.Status == StatusCodes.Status201Created ? Results.Created(location, view) : Results.Ok(view)
        : Results.Problem(Of(context, answer.Status, answer.Code!, answer.Detail, answer.Errors));

    public static Task WriteAsync(HttpContext context, int status, string code, string? detail)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(Of(context, status, code, detail), options: null, contentType: "application/problem+json", context.RequestAborted);
    }
}
