using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using DevopsCd.Host.Ui.Texts;

namespace DevopsCd.Host.Access.Accounts;

/// <summary>A page with one style sheet and seldom anything else: its policy allows that sheet, by its hash, and forms to this host.</summary>
/// <param name="Title">The title.</param>
/// <param name="Body">HTML, with every text of strangers encoded.</param>
/// <param name="Status">The status.</param>
internal sealed record HtmlPage(string Title, string Body, int Status) : IResult
{
    /// <summary>Where a browser goes on by itself; null to stay.</summary>
    public string? LeadsTo { get; init; }

    /// <summary>The address of its script on this host; null for a page without one.</summary>
    public string? Script { get; init; }

    private string Refresh => LeadsTo is null ? "" : $"""<meta http-equiv="refresh" content="0;url={HtmlEncoder.Default.Encode(LeadsTo)}">""";

    private const string Style =
        "body{font:16px/1.5 system-ui,sans-serif;max-width:24rem;margin:4rem auto;padding:0 1rem;color:#1b1f24;background:#fff}"
        + "label{display:block;margin:0 0 1rem}"
        + "input{display:block;width:100%;box-sizing:border-box;font:inherit;padding:.5rem;border:1px solid #6b7280;border-radius:4px}"
        + "button,[role=button]{display:inline-block;text-decoration:none;font:inherit;padding:.5rem 1rem;"
        + "border:0;border-radius:4px;color:#fff;background:#1d4ed8}a:not([role]){color:#1d4ed8}[role=alert]{color:#b91c1c}"
        + "@media(prefers-color-scheme:dark){body{color:#e5e7eb;background:#111827}input{color:inherit;background:#1f2937}a:not([role]){color:#93c5fd}[role=alert]{color:#fca5a5}}";

    private static readonly string s_policy = "default-src 'none'; style-src 'sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))
        + "'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = Status;
        httpContext.Response.ContentType = "text/html; charset=utf-8";
        httpContext.Response.Headers.ContentSecurityPolicy = Script is null ? s_policy : $"{s_policy}; script-src 'self'";
        return httpContext.Response.WriteAsync($"""
            <!DOCTYPE html><html lang="{Languages.Of(httpContext.Request).Code()}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">{Refresh}
            <title>{Title} – DevopsCd</title><style>{Style}</style></head>
            <body><h1>{Title}</h1>{Body}{(Script is null ? "" : $"""<script src="{Script}"></script>""")}</body></html>
            """, httpContext.RequestAborted);
    }
}
