using System.Collections.Frozen;

namespace DevopsCd.Core.Intake.Messages;

/// <summary>The rules of text fields by their JSON name; one name means one thing in every contract.</summary>
internal static class FieldRules
{
    public const int MostItems = 1000;

    private static readonly FieldRule s_any = new(2000);

    private static readonly FrozenDictionary<string, FieldRule> s_rules = new Dictionary<string, FieldRule>
    {
        ["application"] = new(100),
        ["batchNumber"] = new(64, "^[A-Za-z0-9][A-Za-z0-9._-]*$", "letters, digits, '.', '_' and '-', starting with a letter or a digit"),
        ["branch"] = new(255),
        ["buildNumber"] = new(100),
        ["cluster"] = new(100),
        ["commitAuthor"] = new(200),
        ["commitId"] = new(100),
        ["commitMessage"] = new(65_536),
        ["contentHash"] = new(128),
        ["dependsOn"] = new(100),
        ["imageDigest"] = new(71, "^sha256:[0-9a-f]{64}$", "'sha256:' and 64 lower-case hexadecimal digits"),
        ["imageName"] = new(500, @"^[^\s@]+$", "an image name without spaces and without digest, for example registry.example/shop/order"),
        ["imageTag"] = new(128, "^[A-Za-z0-9_][A-Za-z0-9_.-]*$", "an image tag: letters, digits, '_', '.' and '-'"),
        ["link"] = new(2000, @"^https?://\S+$", "an http or https address"),
        ["message"] = new(4000),
        ["operationId"] = new(200),
        ["operator"] = new(100),
        ["project"] = new(64, "^[A-Za-z0-9][A-Za-z0-9._-]*$", "letters, digits, '.', '_' and '-', starting with a letter or a digit"),
        ["source"] = new(100),
        ["title"] = new(200),
    }.ToFrozenDictionary();

    public static FieldRule For(string field) => s_rules.GetValueOrDefault(field, s_any);
}
