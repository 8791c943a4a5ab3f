using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Net.Http.Headers;
using MudBlazor;

namespace DevopsCd.Host.Ui.Layout;

/// <summary>
/// The theme as a style sheet. MudBlazor would write it into each page, where the pages' policy allows no styles; here it is rendered once, in both
/// colour schemes, and a page is in the right one before any script runs.
/// </summary>
internal sealed partial class ThemeSheet(IServiceScopeFactory scopes)
{
    public const string Address = "/theme.css";

    private readonly Lazy<Task<(byte[] Text, EntityTagHeaderValue Tag)>> _sheet = new(() => WriteAsync(scopes));

    public async Task<IResult> GetAsync(HttpContext http)
    {
        var (text, tag) = await _sheet.Value;
        http.Response.Headers.CacheControl = "no-cache";
        return TypedResults.Bytes(text, "text/css; charset=utf-8", entityTag: tag);
    }

    private static async Task<(byte[] Text, EntityTagHeaderValue Tag)> WriteAsync(IServiceScopeFactory scopes)
    {
        await using var scope = scopes.CreateAsyncScope();
        await using var renderer = new HtmlRenderer(scope.ServiceProvider, scope.ServiceProvider.GetRequiredService<ILoggerFactory>());
        var (light, dark) = (await RenderAsync(renderer, isDark: false), await RenderAsync(renderer, isDark: true));
        var text = Encoding.UTF8.GetBytes($$"""
            {{light}}
            {{Only(dark, "[data-theme=dark]")}}
            @media (prefers-color-scheme: dark) { {{Only(dark, "[data-theme=system]")}} }
            """);
        return (text, new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(text))[..16]}\""));
    }

    private static Task<string> RenderAsync(HtmlRenderer renderer, bool isDark) => renderer.Dispatcher.InvokeAsync(async () =>
    {
        var provider = await renderer.RenderComponentAsync<MudThemeProvider>(ParameterView.FromDictionary(new Dictionary<string, object?>
        {
            [nameof(MudThemeProvider.Theme)] = Themes.Colours,
            [nameof(MudThemeProvider.IsDarkMode)] = isDark
        }));
        return string.Concat(Style().Matches(provider.ToHtmlString()).Select(style => WebUtility.HtmlDecode(style.Groups["text"].Value)));
    });

    /// <summary>The variables alone, for documents that ask for them.</summary>
    private static string Only(string sheet, string which) => string.Concat(
        Variables().Matches(sheet).Select(root => $":root{which}{root.Groups["body"].Value}\n"));

    [GeneratedRegex("<style[^>]*>(?<text>.*?)</style>", RegexOptions.Singleline)]
    private static partial Regex Style();

    [GeneratedRegex(":root(?<body>\\{[^}]*\\})")]
    private static partial Regex Variables();
}
