using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace DevopsCd.Cli.Connecting;

/// <summary>
/// The contexts of a person: <c>devopscd/config.yaml</c> in <c>$XDG_CONFIG_HOME</c> or <c>~/.config</c>, or the file that
/// <c>DEVOPSCD_CONFIG</c> names. It holds tokens, so it is written for its owner alone, and not read where others may read it.
/// </summary>
internal sealed class ContextFile
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Folder = Owner | UnixFileMode.UserExecute;

    private readonly Dictionary<string, Context> _contexts = new(StringComparer.Ordinal);

    private ContextFile(string path) => Path = path;

    public string Path { get; }

    public IReadOnlyCollection<Context> Contexts => _contexts.Values;

    /// <summary>The name of the context that is used where no other is named.</summary>
    public string? Current { get; private set; }

    public static string PathOf(Surroundings around) => around.Variable("DEVOPSCD_CONFIG")
        ?? System.IO.Path.Combine(around.Variable("XDG_CONFIG_HOME") ?? System.IO.Path.Combine(around.Variable("HOME") ?? ".", ".config"), "devopscd",
            "config.yaml");

    /// <summary>Reads it; an empty one where there is none.</summary>
    /// <exception cref="CliException">Others can read it, or it is no such file.</exception>
    public static ContextFile Read(Surroundings around)
    {
        var file = new ContextFile(PathOf(around));
        if (!File.Exists(file.Path))
            return file;
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file.Path) & ~Folder) != 0)
            throw new CliException(ExitCodes.NotAllowed, $"{file.Path} holds tokens and others can read or write it: chmod 600 {file.Path}");
        try
        {
            file.Take(File.ReadAllText(file.Path));
        }
        catch (Exception wrong) when (wrong is YamlException or InvalidCastException)
        {
            throw CliException.Usage($"{file.Path} cannot be read: {wrong.Message}");
        }
        return file;
    }

    public Context? Find(string name) => _contexts.GetValueOrDefault(name);

    public void Put(Context context) => _contexts[context.Name] = context;

    /// <summary>Forgets a context; whether there was one.</summary>
    public bool Remove(string name)
    {
        if (!_contexts.Remove(name))
            return false;
        if (Current == name)
            Current = null;
        return true;
    }

    public void Use(string name) => Current = name;

    /// <summary>Writes it in one piece: whoever reads meanwhile sees the old one or the new one.</summary>
    public void Write()
    {
        var root = new YamlMappingNode();
        if (Current is not null)
            root.Add("current", Text(Current));
        root.Add("contexts", new YamlSequenceNode(_contexts.Values.Select(Node)));
        var folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!;
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, Folder);
        var next = $"{Path}.{Environment.ProcessId}";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = Owner;
        using (var writer = new StreamWriter(next, options))
            new YamlStream(new YamlDocument(root)).Save(writer, assignAnchors: false);
        File.Move(next, Path, overwrite: true);
    }

    private void Take(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        if (stream.Documents.Count == 0)
            return;
        var root = (YamlMappingNode)stream.Documents[0].RootNode;
        Current = Value(root, "current");
        if (!root.Children.TryGetValue("contexts", out var contexts))
            return;
        foreach (var item in ((YamlSequenceNode)contexts).Cast<YamlMappingNode>())
            if (Value(item, "name") is { } name && Value(item, "server") is { } server)
                Put(new Context
                {
                    Name = name,
                    Server = server,
                    Token = Value(item, "token") ?? Value(item, "login-token"),
                    IsTokenOurs = Value(item, "login-token") is not null,
                    Audience = Value(item, "workload-audience")
                });
    }

    private static YamlMappingNode Node(Context context)
    {
        var node = new YamlMappingNode { { "name", Text(context.Name) }, { "server", Text(context.Server) } };
        if (context.Token is not null)
            node.Add(context.IsTokenOurs ? "login-token" : "token", Text(context.Token));
        if (context.Audience is not null)
            node.Add("workload-audience", Text(context.Audience));
        return node;
    }

    private static string? Value(YamlMappingNode node, string key) => node.Children.TryGetValue(key, out var value) ? ((YamlScalarNode)value).Value : null;

    private static YamlScalarNode Text(string value) => new(value) { Style = ScalarStyle.DoubleQuoted };
}
