using DevopsCd.Contracts;
using DevopsCd.Core.MessageContracts;

namespace DevopsCd.Core.Builds;

/// <summary>What a reported build must hold, whatever door it comes through: HTTP, broker or webhook.</summary>
internal static class BuildRules
{
    private const int MostAttempts = 100_000;

    /// <summary>Clocks differ by so much; a time later than that has not come yet.</summary>
    private static readonly TimeSpan s_ahead = TimeSpan.FromMinutes(10);

    /// <summary>Reproducible builds write 1970 or 1980.</summary>
    private static readonly DateTimeOffset s_earliest = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>
    /// Checks a build and gives it in the engine's words: the branch without <c>refs/heads/</c>, and no finish time that cannot be true. A wrong
    /// clock loses no build, and a time in the future must not keep it the newest of its branch until then.
    /// </summary>
    /// <exception cref="BatchRefusedException">Fields are wrong; every one is named.</exception>
    public static BuildCompleted Read(BuildCompleted build, DateTimeOffset now, List<string> notes)
    {
        Check(build);
        if (build.FinishedAt is { } finished && (finished < s_earliest || finished > now + s_ahead))
        {
            notes.Add($"time unknown: it cannot have finished at {finished.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z");
            build = build with { FinishedAt = null };
        }

        return build with { Branch = GitRef.Of(build.Branch).Branch!, Attempt = build.Attempt ?? 1 };
    }

    /// <summary>Why a build would be refused; null when it would not.</summary>
    public static string? Refusal(BuildCompleted build)
    {
        try
        {
            Check(build);
            return null;
        }
        catch (BatchRefusedException refused)
        {
            return $"{build.Application} {build.BuildNumber} refused: {refused.Reason}";
        }
    }

    /// <exception cref="BatchRefusedException">Fields are wrong; every one is named.</exception>
    public static void Check(BuildCompleted build)
    {
        var errors = BodyRules.Wrong(build).ToDictionary(e => e.Path, e => new[] { e.Fix });
        if (build.Attempt is < 1 or > MostAttempts)
            errors["attempt"] = [$"must be 1 to {MostAttempts}, or absent"];
        if (!errors.ContainsKey("branch") && GitRef.Of(build.Branch).Branch is null)
            errors["branch"] = [$"must be a branch; '{build.Branch}' is a tag, a pull request or nothing at all"];
        if (!errors.ContainsKey("imageTag") && ArtifactTags.IsAttached(build.ImageTag))
            errors["imageTag"] = ["must be an image's tag; this is the tag of a signature, an attestation or an SBOM"];
        if (errors.Count > 0)
            throw BatchRefusedException.Quoted(errors);
    }
}
