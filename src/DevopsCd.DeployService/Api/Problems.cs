using DevopsCd.DeployService.Operations;
using DevopsCd.Shared.Http;
using DevopsCd.Shared.OpenApi;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace DevopsCd.DeployService.Api;

/// <summary>Every refusal as RFC 9457, with a stable type.</summary>
internal static class Problems
{
    /// <summary>What the server itself has refused says, too, what to do about it.</summary>
    public static void Complete(ProblemDetailsContext context)
    {
        var (http, problem) = (context.HttpContext, context.ProblemDetails);
        if (problem.Type?.StartsWith(ProblemTypes.Prefix, StringComparison.Ordinal) is true
            || ProblemTypes.Of(problem.Status ?? http.Response.StatusCode) is not { } type)
            return;
        context.ProblemDetails = Of(http, type, type.Status switch
        {
            StatusCodes.Status404NotFound => "there is nothing under this path; /openapi/v1.json lists the paths that exist",
            StatusCodes.Status405MethodNotAllowed => $"this path accepts {http.Response.Headers.Allow}",
            StatusCodes.Status415UnsupportedMediaType => "send the body with Content-Type: application/json",
            _ => problem.Detail
        });
    }

    public static ProblemHttpResult Refusal(this Answer answer, HttpContext http) =>
        TypedResults.Problem(Of(http, answer.Problem!, answer.Detail, answer.Errors));

    public static Task WriteAsync(HttpContext http, ProblemType type, string? detail)
    {
        http.Response.StatusCode = type.Status;
        return http.Response.WriteAsJsonAsync(Of(http, type, detail), options: null, contentType: Shared.OpenApi.Refusal.ContentType, http.RequestAborted);
    }

    private static ProblemDetails Of(HttpContext http, ProblemType type, string? detail, Dictionary<string, string[]>? errors = null)
    {
        var problem = new ProblemDetails
        {
            Type = type.Uri,
            Title = type.Title,
            Status = type.Status,
            Detail = detail,
            Extensions = { ["traceId"] = RequestTrace.IdOf(http) }
        };
        if (errors is not null)
            problem.Extensions["errors"] = errors;
        return problem;
    }
}
