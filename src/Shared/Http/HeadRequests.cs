namespace DevopsCd.Shared.Http;

/// <summary>Answers HEAD as GET: the server itself leaves the body out.</summary>
internal sealed class HeadRequests(RequestDelegate next)
{
    private static readonly object s_mark = new();

    public Task InvokeAsync(HttpContext http)
    {
        if (HttpMethods.IsHead(http.Request.Method))
        {
            http.Request.Method = HttpMethods.Get;
            http.Items[s_mark] = s_mark;
        }
        return next(http);
    }

    /// <summary>Whether nobody reads the body, for an answer that would have no end.</summary>
    public static bool IsHead(HttpContext http) => http.Items.ContainsKey(s_mark);
}
