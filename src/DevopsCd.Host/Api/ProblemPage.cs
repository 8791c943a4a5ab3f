using DevopsCd.Host.Access.Accounts;
using DevopsCd.Host.Ui.Controls;
using DevopsCd.Host.Ui.Texts;
using DevopsCd.Shared.Http;
using Microsoft.AspNetCore.Mvc;

namespace DevopsCd.Host.Api;

/// <summary>Writes an error as a page, for people who have opened an address outside of the API.</summary>
internal sealed class ProblemPage : IProblemDetailsWriter
{
    public bool CanWrite(ProblemDetailsContext context) => HttpMethods.IsGet(context.HttpContext.Request.Method)
        && !context.HttpContext.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase)
        && context.HttpContext.Request.GetTypedHeaders().Accept.Any(accepted => accepted.MediaType.Equals("text/html", StringComparison.OrdinalIgnoreCase));

    public ValueTask WriteAsync(ProblemDetailsContext context)
    {
        var (http, problem) = (context.HttpContext, context.ProblemDetails);
        Problems.Complete(http, problem, Languages.Of(http.Request));
        var status = problem.Status ?? StatusCodes.Status500InternalServerError;
        var texts = http.Request.Texts();
        var (title, detail) = status switch
        {
            StatusCodes.Status404NotFound => (texts.NotFound, texts.NotFoundHint),
            StatusCodes.Status403Forbidden => (texts.NotAllowed, problem.Detail),
            StatusCodes.Status503ServiceUnavailable => (texts.Unavailable, texts.UnavailableHint),
            StatusCodes.Status500InternalServerError => (texts.ServerError, texts.ServerErrorHint),
            _ => (problem.Title ?? "", problem.Detail)
        };
        return new(new HtmlPage(Html.Encoder.Encode(title), $"""
            <p>{status}</p><p>{Html.Encoder.Encode(detail ?? "")}</p>
            <p>{Html.Encoder.Encode(RequestTrace.IdOf(http))}</p><p><a href="/">{texts.ToBatches}</a></p>
            """, status).ExecuteAsync(http));
    }
}
