using System.Text.Encodings.Web;
using DevopsCd.Host.Access.Accounts;
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
        Problems.Complete(http, problem);
        var status = problem.Status ?? StatusCodes.Status500InternalServerError;
        var texts = new Ui.Texts.TextTable(Ui.Texts.Languages.Of(http.Request));
        var title = status == StatusCodes.Status404NotFound ? texts.NotFound : problem.Title ?? "";
        var detail = status == StatusCodes.Status404NotFound ? texts.NotFoundHint : problem.Detail ?? "";
        return new(new HtmlPage(HtmlEncoder.Default.Encode(title), $"""
            <p>{status}</p><p>{HtmlEncoder.Default.Encode(detail)}</p>
            <p>{HtmlEncoder.Default.Encode(http.TraceIdentifier)}</p><p><a href="/">{texts.ToBatches}</a></p>
            """, status).ExecuteAsync(http));
    }
}
