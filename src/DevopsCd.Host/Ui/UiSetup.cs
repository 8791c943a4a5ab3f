using DevopsCd.Host.Access;
using DevopsCd.Host.Ui.Applications;
using DevopsCd.Host.Ui.Batches;
using DevopsCd.Host.Ui.Controls;
using DevopsCd.Host.Ui.Delivery;
using DevopsCd.Host.Ui.Freezes;
using DevopsCd.Host.Ui.Intake;
using DevopsCd.Host.Ui.Layout;
using DevopsCd.Host.Ui.Live;
using DevopsCd.Host.Ui.Messages;
using DevopsCd.Host.Ui.Notices;
using DevopsCd.Host.Ui.Policies;
using DevopsCd.Host.Ui.Rights;
using DevopsCd.Host.Ui.Running;
using DevopsCd.Host.Ui.Viewing;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.AspNetCore.StaticAssets;
using MudBlazor.Services;

namespace DevopsCd.Host.Ui;

/// <summary>The pages: rendered here, and kept alive over one WebSocket each.</summary>
internal static class UiSetup
{
    /// <summary>Bytes that a browser may send at once, a long reason included.</summary>
    private const int LongestMessage = 64 * 1024;

    /// <summary>
    /// Where a published host has its scripts and style sheets: beside the program, whatever the folder it was started in. Null for one that was only
    /// built, which finds them where they come from.
    /// </summary>
    public static string? PublishedFiles { get; } = Path.Combine(AppContext.BaseDirectory, "wwwroot") is var files && Directory.Exists(files) ? files : null;

    public static void AddUi(this WebApplicationBuilder builder)
    {
        // Packages bring their scripts and style sheets; a build finds them where they are restored, a publish in wwwroot.
        builder.WebHost.UseStaticWebAssets();
        builder.Configuration["ReloadStaticAssetsAtRuntime"] = "false";
        builder.Services.AddRazorComponents().AddInteractiveServerComponents()
            .AddHubOptions(hub => hub.MaximumReceiveMessageSize = LongestMessage);
        builder.Services.AddMudServices();
        builder.Services.AddPageCompression();
        // Chinese as it is, and not as numbers of characters.
        builder.Services.AddSingleton(Html.Encoder);
        builder.Services.AddScoped<Viewer>();
        builder.Services.AddScoped<PageWork>();
        builder.Services.AddScoped<ApplicationPages>();
        builder.Services.AddScoped<AccessPages>();
        builder.Services.AddScoped<BatchPages>();
        builder.Services.AddScoped<FreezePages>();
        builder.Services.AddScoped<GatePages>();
        builder.Services.AddScoped<IntakePages>();
        builder.Services.AddScoped<MessagePages>();
        builder.Services.AddScoped<NoticePages>();
        builder.Services.AddScoped<ProjectPages>();
        builder.Services.AddScoped<RunningPages>();
        builder.Services.AddScoped<DeliveryPages>();
        builder.Services.AddScoped<TokenPages>();
        builder.Services.AddScoped<LiveStatus>();
        builder.Services.AddSingleton<Visits>();
        builder.Services.AddSingleton<SharedReads>();
        builder.Services.AddSingleton<ThemeSheet>();
    }

    public static void MapUi(this WebApplication app)
    {
        app.UsePageCompression();
        app.UseAntiforgery();
        app.MapStaticAssets();
        app.MapGet(ThemeSheet.Address, (ThemeSheet sheet, HttpContext http) => sheet.GetAsync(http)).ExcludeFromDescription();
        app.MapPost(Preferences.Address, (Delegate)Preferences.SetAsync).ExcludeFromDescription();
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode(server => server.ContentSecurityFrameAncestorsPolicy = null)
            .Add(Mark);
    }

    /// <summary>The framework maps the pages and what keeps them alive in one.</summary>
    private static void Mark(EndpointBuilder endpoint)
    {
        endpoint.Metadata.Add(new PageRoute());
        if (endpoint is RouteEndpointBuilder { RoutePattern.RawText: { } path } && path.TrimStart('/').StartsWith("_blazor", StringComparison.Ordinal))
            endpoint.Metadata.Add(new PageConnection());
    }
}
