namespace DevopsCd.Core.Intake.Webhooks;

/// <summary>What a rule said of a build.</summary>
/// <param name="Rule">The rule in words.</param>
/// <param name="Application">The application it speaks of.</param>
/// <param name="WhyNot">Null when it matched.</param>
internal sealed record RuleVerdict(string Rule, string Application, string? WhyNot);
