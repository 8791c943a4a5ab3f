using System.Text.Json;
using System.Text.RegularExpressions;
using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Strategies;

namespace DevopsCd.DeployService.Drivers;

/// <summary>The setting <c>values</c>: dotted paths of a chart's values, and what to write there.</summary>
internal static partial class ValueSettings
{
    public const string Name = "values";

    private static readonly Dictionary<string, string> Usual = new() { ["image.repository"] = "{{repository}}", ["image.tag"] = "{{tag}}" };

    public static IEnumerable<(string Field, string Error)> Check(DeployOperationRequest request)
    {
        if (request.Setting(Name) is { } values && (values.ValueKind != JsonValueKind.Object || !values.EnumerateObject().Any()
            || values.EnumerateObject().Any(v => !PathForm().IsMatch(v.Name) || v.Value.ValueKind != JsonValueKind.String)))
            yield return ($"strategy.{Name}", "must map dotted paths to texts, for example {\"image.tag\": \"{{tag}}\"}");
    }

    public static Dictionary<string, string> Of(DeployOperationRequest request)
    {
        var parts = ImageParts.Of(request.Image);
        var templates = request.Setting(Name) is { } values ? values.EnumerateObject().ToDictionary(v => v.Name, v => v.Value.GetString()!) : Usual;
        return templates.ToDictionary(t => t.Key, t => parts.Fill(t.Value));
    }

    [GeneratedRegex(@"^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\z")]
    private static partial Regex PathForm();
}
