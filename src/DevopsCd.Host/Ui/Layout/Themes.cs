using MudBlazor;

namespace DevopsCd.Host.Ui.Layout;

/// <summary>The pages' colours, each pair with the contrast that WCAG AA asks for, in light and in dark.</summary>
internal static class Themes
{
    public const string Cookie = "theme";
    public const string Light = "light", Dark = "dark", System = "system";

    public static MudTheme Colours { get; } = new()
    {
        PaletteLight = new PaletteLight
        {
            Primary = "#1d4ed8",
            Success = "#166534",
            Error = "#b91c1c",
            Warning = "#92400e",
            Info = "#1e40af",
            TextPrimary = "#111827",
            TextSecondary = "#4b5563",
            TextDisabled = "#4b5563",
            ActionDefault = "#374151",
            ActionDisabled = "#4b5563",
            ActionDisabledBackground = "#e5e7eb",
            Background = "#ffffff",
            Surface = "#ffffff",
            LinesDefault = "#d1d5db",
            TableLines = "#e5e7eb",
            AppbarBackground = "#111827",
            AppbarText = "#f9fafb"
        },
        PaletteDark = new PaletteDark
        {
            Primary = "#93c5fd",
            PrimaryContrastText = "#0b1220",
            Success = "#86efac",
            Error = "#fca5a5",
            Warning = "#fcd34d",
            Info = "#93c5fd",
            ErrorContrastText = "#0b1220",
            TextPrimary = "#f3f4f6",
            TextSecondary = "#c3c9d3",
            TextDisabled = "#c3c9d3",
            ActionDefault = "#d1d5db",
            ActionDisabled = "#c3c9d3",
            ActionDisabledBackground = "#374151",
            Background = "#0f172a",
            Surface = "#1a2436",
            LinesDefault = "#475569",
            TableLines = "#334155",
            AppbarBackground = "#0b1220",
            AppbarText = "#f9fafb"
        },
        Typography = new Typography
        {
            Default = new DefaultTypography { FontFamily = ["system-ui", "sans-serif"], FontSize = "0.9375rem" },
            Button = new ButtonTypography { TextTransform = "none" }
        }
    };

    /// <summary>What the reader has chosen; the system's unless they have.</summary>
    public static string Of(HttpRequest request) => Find(request.Cookies[Cookie]) ?? System;

    /// <summary>Null for a name that is none of ours.</summary>
    public static string? Find(string? name) => name is Light or Dark or System ? name : null;
}
