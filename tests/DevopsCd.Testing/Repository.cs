namespace DevopsCd.Testing;

/// <summary>The source tree the tests were built from.</summary>
public static class Repository
{
    /// <summary>The folder that holds DevopsCd.sln.</summary>
    public static string Root { get; } = Find();

    public static string PathTo(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "DevopsCd.sln")))
                return folder.FullName;

        throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds DevopsCd.sln");
    }
}
