using System.Text.RegularExpressions;
using DevopsCd.Testing;

namespace DevopsCd.Host.Tests.HouseRules;

/// <summary>The rooms of Core: its first folders. Which room uses which is read from what the code names.</summary>
internal sealed partial class CoreRooms
{
    private const string Root = "DevopsCd.Core";

    /// <summary>EF writes it, and it names entities of all rooms as text.</summary>
    private const string Generated = "/Migrations/";

    private static readonly string s_folder = Repository.PathTo("src", Root);

    private readonly Dictionary<string, List<SourceFile>> _files;
    private readonly Dictionary<string, HashSet<string>> _types;

    public CoreRooms()
    {
        _files = SourceFile.Under(s_folder).Where(f => !f.RelativePath.Contains(Generated, StringComparison.Ordinal))
            .GroupBy(RoomOf).ToDictionary(g => g.Key, g => g.ToList());
        _types = _files.ToDictionary(r => r.Key, r => r.Value.SelectMany(f => f.Matches(Declaration())).Select(m => m.Groups[1].Value).ToHashSet());
    }

    /// <summary>What lies in no folder: it puts the rooms together, and no room knows it.</summary>
    public static string Composition => "";

    public IReadOnlyList<string> Names => [.. _files.Keys.Where(r => r != Composition).Order(StringComparer.Ordinal)];

    /// <summary>Lines of code in any room that match.</summary>
    public IEnumerable<string> Lines(Regex pattern) => _files.Values.SelectMany(files => files).SelectMany(f => f.Lines(pattern));

    /// <summary>Every place where a room names another one.</summary>
    public IReadOnlyList<RoomUse> Uses() => [.. Names.SelectMany(UsesOf)];

    /// <summary>Where a room names what puts the rooms together.</summary>
    public IReadOnlyList<string> UsesOfComposition(string room)
    {
        var extensions = _files[Composition].SelectMany(f => f.Matches(Extension())).Select(m => m.Groups[1].Value);
        var names = new Regex($@"(?<![\w""])({string.Join('|', _types[Composition].Concat(extensions).Distinct())})(?!\w)");
        return [.. _files[room].SelectMany(f => f.Lines(names))];
    }

    /// <summary>Files whose namespace is not that of their room.</summary>
    public IReadOnlyList<string> Misplaced(string room)
    {
        var other = new Regex($@"^namespace (?!{Regex.Escape($"{Root}.{room}")}[;.])");
        return [.. _files[room].SelectMany(f => f.Lines(other))];
    }

    private IEnumerable<RoomUse> UsesOf(string room)
    {
        foreach (var other in Names.Where(r => r != room))
        {
            // By its whole name; or from inside of Core by the rest of it, where a property of that name is something else.
            var naming = new Regex(
                $@"^(?!namespace ).*(?:(?<![\w.]){Regex.Escape(Root)}\.{other}(?!\w)|(?<![\w.])(?:Core\.)?{other}\.(?:{string.Join('|', _types[other])})(?!\w))");
            foreach (var line in _files[room].SelectMany(f => f.Lines(naming)))
                yield return new RoomUse(room, other, line);
        }
    }

    private static string RoomOf(SourceFile file) =>
        Path.GetRelativePath(s_folder, Repository.PathTo(file.RelativePath)).Replace('\\', '/').Split('/') is [var room, _, ..] ? room : Composition;

    [GeneratedRegex(@"^\s*(?:(?:public|internal|private|sealed|static|abstract|partial|readonly|file)\s+)+(?:class|interface|enum|struct|record(?: struct| class)?)\s+(\w+)")]
    private static partial Regex Declaration();

    [GeneratedRegex(@"\b(\w+)(?:<[^>]+>)?\(this ")]
    private static partial Regex Extension();
}
