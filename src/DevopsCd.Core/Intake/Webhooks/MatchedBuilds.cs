using DevopsCd.Contracts;

namespace DevopsCd.Core.Intake.Webhooks;

/// <summary>A reported build's applications, and how it came to them.</summary>
/// <param name="Builds">The builds that are stored.</param>
/// <param name="Verdicts">Every rule that was asked.</param>
/// <param name="Problems">What is missing for the others.</param>
/// <param name="Ignored">Why others count for nobody although they are complete.</param>
/// <param name="Notes">What was assumed.</param>
internal sealed record MatchedBuilds(
    IReadOnlyList<BuildCompleted> Builds, IReadOnlyList<RuleVerdict> Verdicts, IReadOnlyList<string> Problems, IReadOnlyList<string> Ignored,
        IReadOnlyList<string> Notes);
