using DevopsCd.Messaging.Chaos;

namespace DevopsCd.Messaging.Tests.Chaos;

/// <summary>The short form; <c>DevopsCd.Messaging.Chaos run SEED SECONDS</c> is the long one.</summary>
public sealed class Random_events_under_random_failures
{
    [Theory]
    [InlineData(4)]
    public async Task Have_one_outcome_and_one_effect_each(int seed)
    {
        var counters = await ChaosRun.OfSeed(seed, TimeSpan.FromSeconds(12));

        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}: {counters}");
        counters.Attempted.ShouldBeGreaterThan(100);
        counters.Right.ShouldBeTrue(counters.ToString());
    }
}
