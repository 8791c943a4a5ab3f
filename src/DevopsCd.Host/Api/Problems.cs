using DevopsCd.Shared.Http;
using DevopsCd.Shared.OpenApi;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace DevopsCd.Host.Api;

/// <summary>Every error as RFC 9457, with a stable type of our own.</summary>
internal static class Problems
{
    /// <param name="type">The kind.</param>
    /// <param name="detail">What is wrong with this request.</param>
    /// <param name="extensions">Further members of the contract's <see cref="Contracts.Api.Problem" />.</param>
    public static ProblemHttpResult Of(ProblemType type, string? detail, IDictionary<string, object?>? extensions = null) =>
        TypedResults.Problem(detail, statusCode: type.Status, title: type.Title, type: type.Uri, extensions: extensions);

    /// <param name="what">What was looked for, by kind and name.</param>
    public static ProblemHttpResult NotFound(string what) => Of(ProblemTypes.NotFound, $"There is no {what}.");

    /// <summary>Completes what the framework, or a handler, has said so far.</summary>
    public static void Complete(HttpContext http, ProblemDetails problem)
    {
        var status = problem.Status ??= http.Response.StatusCode;
        if (problem.Type?.StartsWith(ProblemTypes.Prefix, StringComparison.Ordinal) is not true)
        {
            var type = status == StatusCodes.Status404NotFound && Route(http) is null ? ProblemTypes.NoSuchAddress : ProblemTypes.Of(status);
            (problem.Type, problem.Title) = (type.Uri, type.Title);
        }
        problem.Detail ??= Advice(http, status);
        problem.Extensions.TryAdd("traceId", RequestTrace.IdOf(http));
    }

    /// <summary>The route of a request, also after its handler has thrown: by then the framework has taken it off.</summary>
    public static Endpoint? Route(HttpContext http) => http.GetEndpoint() ?? http.Features.Get<IExceptionHandlerFeature>()?.Endpoint;

    private static string? Advice(HttpContext http, int status) => status switch
    {
        StatusCodes.Status404NotFound => "There is no such address; /openapi/v1.json lists those that exist.",
        StatusCodes.Status405MethodNotAllowed => $"This address accepts {http.Response.Headers.Allow}.",
        StatusCodes.Status413PayloadTooLarge => "The body is larger than 1 MiB.",
        StatusCodes.Status415UnsupportedMediaType => "Send the body as JSON, with the header Content-Type: application/json.",
        StatusCodes.Status429TooManyRequests => "Wait for the seconds in the header Retry-After, then try again.",
        StatusCodes.Status500InternalServerError => "The log has the details under this trace id.",
        _ => null
    };
}
