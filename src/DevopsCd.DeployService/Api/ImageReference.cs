using System.Text.RegularExpressions;

namespace DevopsCd.DeployService.Api;

/// <summary>
/// The grammar of image references of the distribution project, as kubelets parse it: what does not match it is refused by every
/// kubelet with <c>InvalidImageName</c>, after the old pods of a <c>recreate</c> are gone.
/// </summary>
internal static partial class ImageReference
{
    public const string Form =
        "must be an image reference: [host[:port]/]name[:tag][@sha256:digest]; a name is a-z 0-9 with . _ - between, a tag at most 128 of A-Z a-z 0-9 . _ -";

    private const int LongestName = 255;

    public static bool IsValid(string image)
    {
        if (!Reference().Match(image).Groups["name"].Is(out var name) || name.Length > LongestName)
            return false;
        // Such a name would be an image's id.
        return !Id().IsMatch(name);
    }

    private static bool Is(this Group group, out string value)
    {
        value = group.Value;
        return group.Success;
    }

    [GeneratedRegex("""
        ^(?<name>
          (?:(?:(?:[A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9])(?:\.(?:[A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9]))*|\[[0-9A-Fa-f:]+\])(?::[0-9]+)?/)?
          [a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*
          (?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*)
        (?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?
        (?:@(?:sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128}))?\z
        """, RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Reference();

    [GeneratedRegex(@"^[0-9a-f]{64}\z")]
    private static partial Regex Id();
}
