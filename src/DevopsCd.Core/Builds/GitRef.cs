namespace DevopsCd.Core.Builds;

/// <summary>
/// What a name of git stands for: CI systems write the branch <c>main</c> also as <c>refs/heads/main</c> or <c>origin/main</c>, and put tags and
/// pull requests into the same field.
/// </summary>
/// <param name="Branch">The branch; null when the name stands for something else.</param>
/// <param name="Tag">The tag.</param>
/// <param name="Request">The pull or merge request, as git names it.</param>
internal sealed record GitRef(string? Branch, string? Tag, string? Request)
{
    private const string Heads = "heads/";

    private static readonly string[] s_branches = [Heads, "remotes/origin/", "origin/"];

    private static readonly string[] s_requests = ["pull/", "pull-requests/", "merge-requests/", "changes/", "for/"];

    /// <summary>Whether it stands for neither a branch nor a tag nor a request, as the <c>HEAD</c> of a checkout without a branch.</summary>

    public static GitRef Of(string name)
    {
        var isLong = name.StartsWith("refs/", StringComparison.Ordinal);
        var rest = isLong ? name[5..] : name;
        foreach (var prefix in s_branches)
            if (rest.StartsWith(prefix, StringComparison.Ordinal) && rest.Length > prefix.Length)
                // A remote's HEAD points to one of its branches; nobody says to which.
                return prefix != Heads && rest[prefix.Length..] == "HEAD" ? new(null, null, null) : new(Unambiguous(rest[prefix.Length..]), null, null);
        if (rest.StartsWith("tags/", StringComparison.Ordinal))
            return new(null, rest[5..], null);
        if (isLong)
            return s_requests.Any(p => rest.StartsWith(p, StringComparison.Ordinal)) ? new(null, null, rest) : new(null, null, null);
        return rest is "HEAD" or "detached" ? new(null, null, null) : new(rest, null, null);
    }

    /// <summary>
    /// The name of a branch, from a sender whose field holds nothing else: there <c>origin/main</c> is a branch that is called so, not
    /// <c>main</c>. As git does, what reads as another name when it is short stays <c>refs/heads/origin/main</c>. Long names are left as they are.
    /// </summary>
    public static string OfBranch(string name) => name.StartsWith("refs/", StringComparison.Ordinal) ? name : Unambiguous(name);

    /// <summary>The branch in its short form; what is no branch stays as it is.</summary>
    public static string Short(string branch) => Of(branch).Branch ?? branch;

    // What is read twice is read the same: "refs/heads/origin/main" must not become "main" on its way through two doors.
    private static string Unambiguous(string branch) => IsPlain(branch) ? branch : $"refs/{Heads}{branch}";

    private static bool IsPlain(string branch) => branch is not ("HEAD" or "detached") && !branch.StartsWith("refs/", StringComparison.Ordinal) &&
        !branch.StartsWith("tags/", StringComparison.Ordinal) && !s_branches.Any(p => branch.StartsWith(p, StringComparison.Ordinal));
}
