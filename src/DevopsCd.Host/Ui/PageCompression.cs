using DevopsCd.Host.Ui.Layout;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.ResponseCompression;

namespace DevopsCd.Host.Ui;

/// <summary>
/// Compresses the pages and their theme, over HTTPS as well. That is safe because a page repeats no secret: what its connection takes over with is
/// encrypted anew for each rendering, session and language are in cookies, and forms prove themselves by where they were sent from. The
/// pages of the login and the API do show secrets next to what was sent, and stay as they are. Scripts and style sheets were compressed when built.
/// </summary>
internal static class PageCompression
{
    public static void AddPageCompression(this IServiceCollection services) => services.AddResponseCompression(compression =>
    {
        compression.EnableForHttps = true;
        compression.MimeTypes = ["text/html", "text/css"];
        compression.Providers.Add<BrotliCompressionProvider>();
        compression.Providers.Add<GzipCompressionProvider>();
    });

    public static void UsePageCompression(this WebApplication app) => app.UseWhen(IsPage, branch => branch.UseResponseCompression());

    private static bool IsPage(HttpContext http) =>
        http.Request.Path == ThemeSheet.Address || http.GetEndpoint()?.Metadata.GetMetadata<ComponentTypeMetadata>() is not null;
}
