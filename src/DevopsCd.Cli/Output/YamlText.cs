using System.Text.Json;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace DevopsCd.Cli.Output;

/// <summary>JSON written as YAML, in the same order; every text that could be read as something else is quoted.</summary>
internal static class YamlText
{
    public static string Of(string json)
    {
        using var document = JsonDocument.Parse(json);
        using var writer = new StringWriter();
        new YamlStream(new YamlDocument(Node(document.RootElement))).Save(writer, assignAnchors: false);
        var text = writer.ToString().ReplaceLineEndings("\n");
        return text.EndsWith("...\n", StringComparison.Ordinal) ? text[..^4] : text;
    }

    private static YamlNode Node(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => new YamlMappingNode(value.EnumerateObject()
            .Select(p => KeyValuePair.Create<YamlNode, YamlNode>(Text(p.Name), Node(p.Value)))),
        JsonValueKind.Array => new YamlSequenceNode(value.EnumerateArray().Select(Node)),
        JsonValueKind.String => Text(value.GetString()!),
        JsonValueKind.Null => new YamlScalarNode("null"),
        _ => new YamlScalarNode(value.GetRawText())
    };

    private static YamlScalarNode Text(string text) => new(text) { Style = IsPlain(text) ? ScalarStyle.Any : ScalarStyle.DoubleQuoted };

    /// <summary>Words that no reader takes for a number, a time, true, false or nothing.</summary>
    private static bool IsPlain(string text) => text.Length > 0 && char.IsAsciiLetter(text[0])
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or '/')
        && text.ToLowerInvariant() is not ("true" or "false" or "yes" or "no" or "on" or "off" or "y" or "n" or "null");
}
