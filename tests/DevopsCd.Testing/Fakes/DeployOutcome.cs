using DevopsCd.Contracts.Api;

namespace DevopsCd.Testing.Fakes;

/// <summary>How one accepted operation of the fake deploy service goes.</summary>
/// <param name="Phase">Phase at its end; null: it never ends by itself.</param>
/// <param name="After">Time from acceptance to the end.</param>
/// <param name="Reason">Reason of a failure.</param>
/// <param name="Reports">How many times the end is reported to <see cref="FakeDeployService.ReportTo"/>.</param>
/// <param name="Cause">What was seen when it failed, or what kept it from coming up when it was stopped.</param>
public sealed record DeployOutcome(string? Phase, TimeSpan After, string? Reason = null, int Reports = 0,
    DeployCause? Cause = null)
{
    public static DeployOutcome Never { get; } = new(null, TimeSpan.Zero);

    public static DeployOutcome Success(TimeSpan after = default) => new(DeployPhases.Succeeded, after);

    public static DeployOutcome Failure(string reason, TimeSpan after = default) => new(DeployPhases.Failed, after, reason);

    /// <summary>The same, reported by callback; more than once is a duplicate callback.</summary>
    public DeployOutcome Reported(int times = 1) => this with { Reports = times };
}
