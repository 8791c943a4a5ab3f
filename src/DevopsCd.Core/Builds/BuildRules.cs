using DevopsCd.Contracts;
using DevopsCd.Core.Batches;

namespace DevopsCd.Core.Builds;

/// <summary>What a reported build must hold.</summary>
internal static class BuildRules
{
    private const int Longest = 500;

    /// <summary>A build that claims to be of next week would stay the newest of its branch for as long as its clock was wrong.</summary>
    private static readonly TimeSpan s_ahead = TimeSpan.FromDays(1);

    private static readonly DateTimeOffset s_earliest = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <exception cref="BatchRefused">Fields are wrong; every one is named.</exception>
    public static void Check(BuildCompleted build, DateTimeOffset now)
    {
        var errors = new Dictionary<string, string[]>();
        Text("application", build.Application, 100);
        Text("buildNumber", build.BuildNumber, 100);
        Text("branch", build.Branch, 255);
        Text("commitId", build.CommitId, 100);
        Text("imageName", build.ImageName, Longest);
        Text("imageTag", build.ImageTag, 128);
        if (build.ImageDigest is { } digest && !(digest.StartsWith("sha256:", StringComparison.Ordinal) && digest.Length == 71 && digest.AsSpan(7).IndexOfAnyExcept("0123456789abcdef") < 0))
            errors["imageDigest"] = ["must be sha256: and 64 hexadecimal digits, or absent"];
        if (build.Link is { } link && !(Uri.TryCreate(link, UriKind.Absolute, out var uri) && uri.Scheme is ("http" or "https")))
            errors["link"] = ["must be an http or https address, or absent"];
        if (build.FinishedAt is { } finished && (finished < s_earliest || finished > now + s_ahead))
            errors["finishedAt"] = [$"must be a time from {s_earliest:yyyy-MM-dd} to a day from now ({now:u}); is the clock of the CI right?"];
        if (errors.Count > 0)
            throw new BatchRefused(RefusalKind.Content, string.Join("; ", errors.Select(e => $"{e.Key}: {e.Value[0]}"))) { Fields = errors };

        void Text(string name, string value, int longest)
        {
            if (string.IsNullOrWhiteSpace(value) || value.Length > longest)
                errors[name] = [$"must be 1 to {longest} characters"];
        }
    }
}
