namespace DevopsCd.Host.Live;

/// <summary>How pages and streams learn of changes.</summary>
internal static class LiveSetup
{
    public static void AddLive(this IServiceCollection services) => services
        .AddSingleton<ChangeTail>()
        .AddSingleton<LiveMarks>()
        .AddSingleton<LiveFeed>();
}
