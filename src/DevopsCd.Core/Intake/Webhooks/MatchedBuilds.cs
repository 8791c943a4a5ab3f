using DevopsCd.Contracts;

namespace DevopsCd.Core.Intake.Webhooks;

/// <summary>A reported build's applications, and how it came to them.</summary>
internal sealed record MatchedBuilds(IReadOnlyList<BuildCompleted> Builds, IReadOnlyList<RuleVerdict> Verdicts, IReadOnlyList<string> Problems);
