using DevopsCd.Host.Ui.Texts;
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
    public static ProblemHttpResult Of(ProblemType type, Sentence? detail, Dictionary<string, object?>? extensions = null) =>
        Of(type, detail, extensions is null ? null : _ => extensions);

    /// <param name="type">The kind.</param>
    /// <param name="detail">What is wrong with this request.</param>
    /// <param name="further">Further members, some of them for people.</param>
    public static ProblemHttpResult Of(ProblemType type, Sentence? detail, Func<Func<Sentence, string>, Dictionary<string, object?>>? further) =>
        TypedResults.Problem(new SaidProblem
        {
            Status = type.Status,
            Type = type.Uri,
            Title = type.Title,
            Detail = detail,
            Said = detail,
            Extensions = further?.Invoke(said => said.ToString()) ?? [],
            Further = further
        });

    /// <param name="what">What was looked for, by kind and name.</param>
    public static ProblemHttpResult NotFound(Sentence what) => Of(ProblemTypes.NotFound, $"There is no {what}.");

    /// <summary>Completes what the framework, or a handler, has said so far, in the language of its reader.</summary>
    public static void Complete(HttpContext http, ProblemDetails problem, Language language)
    {
        var status = problem.Status ??= http.Response.StatusCode;
        if (problem.Type?.StartsWith(ProblemTypes.Prefix, StringComparison.Ordinal) is not true)
        {
            var type = status == StatusCodes.Status404NotFound && Route(http) is null ? ProblemTypes.NoSuchAddress : ProblemTypes.Of(status);
            (problem.Type, problem.Title) = (type.Uri, type.Title);
        }
        var advice = problem.Detail is null ? Advice(http, status) : null;
        problem.Detail ??= advice;
        problem.Extensions.TryAdd("traceId", RequestTrace.IdOf(http));
        if (language != Language.English)
            Translate(problem, advice, new TextTable(language));
    }

    /// <summary>The route of a request, also after its handler has thrown: by then the framework has taken it off.</summary>
    public static Endpoint? Route(HttpContext http) => http.GetEndpoint() ?? http.Features.Get<IExceptionHandlerFeature>()?.Endpoint;

    private static void Translate(ProblemDetails problem, Sentence? advice, TextTable texts)
    {
        if (ProblemTypes.TitleOf(problem.Type!) is { } title)
            problem.Title = texts.Said(title);
        var said = problem as SaidProblem;
        if ((said?.Said ?? advice) is { } detail)
            problem.Detail = texts.Said(detail);
        foreach (var (name, value) in said?.Further?.Invoke(texts.Said) ?? [])
            problem.Extensions[name] = value;
    }

    private static Sentence? Advice(HttpContext http, int status) => status switch
    {
        StatusCodes.Status404NotFound => "There is no such address; /openapi/v1.json lists those that exist.",
        StatusCodes.Status405MethodNotAllowed => (Sentence)$"This address accepts {http.Response.Headers.Allow}.",
        StatusCodes.Status413PayloadTooLarge => "The body is larger than 1 MiB.",
        StatusCodes.Status415UnsupportedMediaType => "Send the body as JSON, with the header Content-Type: application/json.",
        StatusCodes.Status429TooManyRequests => "Wait for the seconds in the header Retry-After, then try again.",
        StatusCodes.Status500InternalServerError => "The log has the details under this trace id.",
        _ => null
    };
}
