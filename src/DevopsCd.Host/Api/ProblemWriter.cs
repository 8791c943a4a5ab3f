using DevopsCd.Host.Ui.Texts;
using Microsoft.AspNetCore.Mvc;

namespace DevopsCd.Host.Api;

/// <summary>Writes an error as <c>application/problem+json</c>, whatever the caller would rather have: it is the one form there is.</summary>
internal sealed class ProblemWriter : IProblemDetailsWriter
{
    public bool CanWrite(ProblemDetailsContext context) => true;

    public ValueTask WriteAsync(ProblemDetailsContext context)
    {
        var (http, problem) = (context.HttpContext, context.ProblemDetails);
        Problems.Complete(http, problem, Languages.Asked(http.Request));
        return new(http.Response.WriteAsJsonAsync(problem, problem.GetType(), options: null, contentType: "application/problem+json", http.RequestAborted));
    }
}
