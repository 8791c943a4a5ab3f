using System.Collections.Frozen;

namespace DevopsCd.Core.MessageContracts;

/// <summary>The rules of text fields by their JSON name; one name means one thing in every contract.</summary>
internal static class FieldRules
{
    public const int MostItems = 1000;

    private const string OneLine = @"^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]+$";

    private const string OneLineInWords = "one line without control characters";

    private const string Domain =
        @"(?:(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[0-9A-Fa-f:]+\])(?::[0-9]+)?";

    private const string PathComponent = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";

    private static readonly FieldRule s_any = new(2000);

    private static readonly FrozenDictionary<string, FieldRule> s_rules = new Dictionary<string, FieldRule>
    {
        ["BindingBody.project"] = new(64, @"^(?:\*|[A-Za-z0-9][A-Za-z0-9._-]*)$", "the name of a project, or * for all of them"),
        ["application"] = new(100, OneLine, OneLineInWords),
        ["batchNumber"] = new(64, "^[A-Za-z0-9][A-Za-z0-9._-]*$", "letters, digits, '.', '_' and '-', starting with a letter or a digit"),
        ["branch"] = new(255, OneLine, OneLineInWords),
        ["buildNumber"] = new(100, OneLine, OneLineInWords),
        ["cluster"] = new(100),
        ["commitAuthor"] = new(200, OneLine, OneLineInWords),
        ["commitId"] = new(100, OneLine, OneLineInWords),
        ["commitMessage"] = new(65_536),
        ["contentHash"] = new(128),
        ["dependsOn"] = new(100),
        ["imageDigest"] = new(71, "^sha256:[0-9a-f]{64}$", "'sha256:' and 64 lower-case hexadecimal digits"),
        ["imageName"] = new(255, $"^(?:{Domain}/)?{PathComponent}(?:/{PathComponent})*$",
            "an image name without tag and digest: a registry, and lower-case path components of letters, digits, '.', '_' and '-', for example registry.example/shop/order"),
        ["imageTag"] = new(128, "^[A-Za-z0-9_][A-Za-z0-9_.-]*$", "an image tag: letters, digits, '_', '.' and '-'"),
        ["link"] = new(2000, @"^https?://\S+$", "an http or https address"),
        ["message"] = new(4000),
        ["operationId"] = new(200),
        ["operator"] = new(100),
        ["project"] = new(64, "^[A-Za-z0-9][A-Za-z0-9._-]*$", "letters, digits, '.', '_' and '-', starting with a letter or a digit"),
        ["source"] = new(100, OneLine, OneLineInWords),
        ["title"] = new(200),
    }.ToFrozenDictionary();

    /// <summary>The rule of a contract's member: its own, where the same name means something else there.</summary>
    public static FieldRule For(ContractShape.Member member) =>
        s_rules.GetValueOrDefault($"{member.Property.DeclaringType!.Name}.{member.Name}") ?? For(member.Name);

    public static FieldRule For(string field) => s_rules.GetValueOrDefault(field, s_any);
}
