using System.Text.RegularExpressions;

namespace DevopsCd.DeployService.Strategies;

/// <summary>Reads out of what a runtime says of a failed pull whether trying again can help: a registry that is busy or away comes back, an image that does not exist does not.</summary>
internal static partial class PullError
{
    public static bool IsPassing(string said, string? image) => Passing().IsMatch(WithoutNames(said, image));

    /// <summary>Names may hold any word: <c>team/timeout-service:503</c> is no time-out.</summary>
    private static string WithoutNames(string said, string? image)
    {
        if (image is { Length: > 0 })
        {
            said = said.Replace(image, "", StringComparison.Ordinal);
            var name = image.Split('@')[0];
            if (name.LastIndexOf(':') is var colon && colon > name.LastIndexOf('/'))
                name = name[..colon];
            said = said.Replace(name, "", StringComparison.Ordinal);
        }
        return Quoted().Replace(said, "");
    }

    [GeneratedRegex(@"timeout|timed out|deadline exceeded|too ?many ?requests|\b(429|500|502|503|504)\b|service unavailable|bad gateway|internal server error|connection (refused|reset|closed)|broken pipe|\bEOF\b|no such host|server misbehaving|temporary failure|network is unreachable|no route to host|i/o error|request canceled",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Passing();

    [GeneratedRegex("\"[^\" ]*[/:@][^\" ]*\"")]
    private static partial Regex Quoted();
}
