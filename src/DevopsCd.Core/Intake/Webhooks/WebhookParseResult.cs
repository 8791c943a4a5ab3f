namespace DevopsCd.Core.Intake.Webhooks;

/// <summary>What a webhook says: builds, or why it is no build.</summary>
internal sealed record WebhookParseResult(IReadOnlyList<ReportedBuild> Builds, string? Ignored)
{
    /// <summary>Builds of one webhook; more are no CI's work.</summary>
    public const int MostBuilds = 100;

    /// <exception cref="FormatException">There are more than anybody sends.</exception>
    public static WebhookParseResult Of(params ReportedBuild[] builds) => builds.Length <= MostBuilds
        ? new(builds, null)
        : throw new FormatException($"a webhook may tell of {MostBuilds} builds, this one of {builds.Length}");

    public static WebhookParseResult Ignore(string why) => new([], why);
}
