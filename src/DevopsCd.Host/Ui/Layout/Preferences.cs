using DevopsCd.Host.Access.Accounts;
using DevopsCd.Host.Ui.Texts;

namespace DevopsCd.Host.Ui.Layout;

/// <summary>What a reader chooses for this browser: language and colours, kept in cookies, so that the first byte of a page has them.</summary>
internal static class Preferences
{
    public const string Address = "/preferences";

    private static readonly TimeSpan s_kept = TimeSpan.FromDays(365);

    /// <summary>Takes a form with <c>language</c> or <c>theme</c>, and goes back to the page it came from.</summary>
    public static async Task<IResult> SetAsync(HttpContext http)
    {
        if (!http.Request.HasFormContentType)
            return TypedResults.StatusCode(StatusCodes.Status415UnsupportedMediaType);
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        if (Languages.Find(form[Languages.Cookie]) is { } language)
            Keep(http, Languages.Cookie, language.Code());
        if (Themes.Find(form[Themes.Cookie]) is { } theme)
            Keep(http, Themes.Cookie, theme);
        return TypedResults.LocalRedirect(LoginPages.ReturnPath(form["return"]));
    }

    private static void Keep(HttpContext http, string name, string value) => http.Response.Cookies.Append(name, value, new CookieOptions
    {
        HttpOnly = true,
        IsEssential = true,
        MaxAge = s_kept,
        Path = "/",
        SameSite = SameSiteMode.Lax,
        Secure = http.Request.IsHttps
    });
}
