using System.Text.RegularExpressions;

namespace DevopsCd.Shared;

/// <summary>
/// Hides what looks like a secret in text that others have written, such as the log of an application. Nobody here knows the secrets of others:
/// what is named like one, or is shaped like one, counts as one. The text is a stranger's: no pattern here backtracks.
/// </summary>
internal static partial class SecretText
{
    private const string Hidden = "***";
    private const int ShortestKnown = 4;

    private const string Names =
        "passw(or)?d|pwd|passphrase|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credential|authorization";

    /// <summary>The text without what looks like a secret.</summary>
    /// <param name="text">What somebody has written.</param>
    /// <param name="known">Values that are known to be secret.</param>
    public static string Hide(string text, params IEnumerable<string> known)
    {
        foreach (var secret in known.Where(k => k.Length >= ShortestKnown).OrderByDescending(k => k.Length))
            text = text.Replace(secret, Hidden, StringComparison.Ordinal);
        text = PrivateKey().Replace(text, Hidden);
        text = Scheme().Replace(text, "${scheme} " + Hidden);
        text = UserInfo().Replace(text, "${before}" + Hidden + "@");
        text = Shaped().Replace(text, Hidden);
        return Named().Replace(text, "${name}" + Hidden);
    }

    /// <summary>Whether a value with that name is not to be shown.</summary>
    public static bool IsSecretName(string name) => SecretName().IsMatch(name);

    [GeneratedRegex("-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(-----END [A-Z ]*PRIVATE KEY-----|\\z)",
        RegexOptions.Singleline | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex PrivateKey();

    [GeneratedRegex(@"\b(?<scheme>bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Scheme();

    /// <summary>The password of an address, as connection strings have it.</summary>
    [GeneratedRegex(@"(?<before>://[^\s/@:""']*:)[^\s@""']+@", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex UserInfo();

    /// <summary>Web tokens, our own tokens, and those of the large hosts.</summary>
    [GeneratedRegex(@"\b(eyJ[\w-]{8,}\.[\w-]+\.[\w-]*|dcd_\w{8,}|gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}"
        + @"|xox[abprs]-[\w-]{10,}|(AKIA|ASIA)[0-9A-Z]{16})", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Shaped();

    [GeneratedRegex(@"(?<name>[\w.-]*(" + Names + @")[\w.-]*[""']?\s*[=:]\s*)(""[^""]*""|'[^']*'|[^\s,;&""'}]+)",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Named();

    [GeneratedRegex(Names, RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex SecretName();
}
