namespace DevopsCd.DeployService.Tests.Support;

/// <summary>The clock of a machine that is wrong by that much.</summary>
internal sealed class WrongClock(TimeSpan by) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
}
