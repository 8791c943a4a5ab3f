namespace DevopsCd.Core.Intake.Webhooks;

/// <summary>What a webhook says: builds, or why it is no build.</summary>
internal sealed record Reading(IReadOnlyList<ReportedBuild> Builds, string? Ignored)
{
    public static Reading Of(params ReportedBuild[] builds) => new(builds, null);

    public static Reading Ignore(string why) => new([], why);
}
