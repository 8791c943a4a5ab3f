using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using DevopsCd.Testing;

namespace DevopsCd.Host.Tests.HouseRules;

/// <summary>A project of ours as it lies in the tree: what it refers to, and its code.</summary>
internal sealed partial class Room(string name)
{
    private readonly string _folder = Folder(name);

    public string Name => name;

    public static IEnumerable<string> All() => Projects("src").Concat(Projects("contracts"));

    /// <summary>Everything the project file asks for by name: packages, projects, frameworks; what only the build uses is left out.</summary>
    public IReadOnlyList<string> References() =>
    [
        .. XDocument.Load(Path.Combine(_folder, $"{name}.csproj")).Descendants()
            .Where(item => item.Name.LocalName is "PackageReference" or "ProjectReference" or "FrameworkReference")
            .Where(item => (string?)item.Attribute("PrivateAssets") != "all" && (string?)item.Attribute("ReferenceOutputAssembly") != "false")
            .Select(item => (string)item.Attribute("Include")!)
            .Select(include => include.EndsWith(".csproj", StringComparison.Ordinal) ? Path.GetFileNameWithoutExtension(include.Replace('\\', '/')) : include),
    ];

    public IReadOnlyList<string> ProjectReferences() => [.. References().Where(reference => reference.StartsWith("DevopsCd.", StringComparison.Ordinal))];

    /// <summary>The assemblies the compiled room refers to, where the room was built beside these tests.</summary>
    public IReadOnlyList<string> AssemblyReferences()
    {
        var path = Path.Combine(AppContext.BaseDirectory, $"{name}.dll");
        if (!File.Exists(path)) return [];

        using var file = new PEReader(File.OpenRead(path));
        var metadata = file.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))];
    }

    public IEnumerable<SourceFile> Code() => SourceFile.Under(_folder);

    /// <summary>Where the code names a namespace or something in it, written or by `using`; a part of a configuration key (`core:k8s`) is none.</summary>
    public IEnumerable<string> Naming(string prefix)
    {
        var naming = new Regex($@"(?<![\w.]|[^:]:){Regex.Escape(prefix)}(?![\w])", RegexOptions.CultureInvariant);
        return Code().SelectMany(file => file.Lines(naming));
    }

    private static IEnumerable<string> Projects(string top) =>
        Directory.GetFiles(Repository.PathTo(top), "*.csproj", SearchOption.AllDirectories).Select(Path.GetFileNameWithoutExtension)!;

    private static string Folder(string name) => new[] { "src", "contracts" }
        .Select(top => Repository.PathTo(top, name))
        .FirstOrDefault(Directory.Exists) ?? throw new DirectoryNotFoundException($"There is no room {name}");
}
