using System.Text.RegularExpressions;
using System.Xml.Linq;
using DevopsCd.Contracts;

namespace DevopsCd.Host.Tests.Contracts;

/// <summary>The summaries of the contracts' own docstrings.</summary>
internal static partial class Documentation
{
    private static readonly Dictionary<string, string> s_summaries = XDocument
        .Load(Path.ChangeExtension(typeof(ApproveBatch).Assembly.Location, ".xml"))
        .Descendants("member")
        .ToDictionary(m => m.Attribute("name")!.Value, m => Text(m.Element("summary")!));

    public static string Of(Type type) => s_summaries[$"T:{type.FullName}"];

    public static string Of(System.Reflection.PropertyInfo property) => s_summaries[$"P:{property.DeclaringType!.FullName}.{property.Name}"];

    private static string Text(XElement summary)
    {
        foreach (var reference in summary.Descendants("see").ToList())
            reference.ReplaceWith((reference.Attribute("cref")?.Value ?? "").Split('.', ':')[^1]);
        return Blanks().Replace(summary.Value, " ").Trim();
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
