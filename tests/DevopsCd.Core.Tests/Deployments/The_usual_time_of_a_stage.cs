using DevopsCd.Core.Deployments;

namespace DevopsCd.Core.Tests.Deployments;

public sealed class The_usual_time_of_a_stage
{
    [Theory]
    [InlineData(5, 30)] // c waits for a and b; d is alone.
    [InlineData(2, 30)] // d waits for a place, and no longer than c does.
    [InlineData(1, 55)]
    public void Is_that_of_its_longest_way_with_so_many_places(int concurrency, int seconds)
    {
        TimedOperation[] operations = [Of("a", 10), Of("b", 15), Of("c", 15, "a", "b"), Of("d", 15)];

        ExpectedDuration.Of(operations, concurrency).ShouldBe(TimeSpan.FromSeconds(seconds));
    }

    [Fact]
    public void Waits_for_every_cluster_of_what_it_depends_on() =>
        ExpectedDuration.Of([Of("a", 10), Of("a", 20), Of("b", 5, "a")], 5).ShouldBe(TimeSpan.FromSeconds(25));

    [Fact]
    public void Is_that_of_its_waves_with_what_passes_between_them() => ExpectedDuration.Of(
        [Of("a", 10), Of("b", 5, "a"), Of("a", 20) with { Wave = 2 }, Of("b", 5, "a") with { Wave = 2 }, Of("c", 60) with { Wave = 4 }], 5,
        TimeSpan.FromMinutes(10)).ShouldBe(TimeSpan.FromSeconds(15 + 600 + 25 + 600 + 60));

    [Fact]
    public void Is_nothing_where_nothing_is_deployed() => ExpectedDuration.Of([], 5).ShouldBe(TimeSpan.Zero);

    [Fact]
    public void Ends_also_where_things_wait_for_each_other() =>
        ExpectedDuration.Of([Of("a", 10, "b"), Of("b", 10, "a"), Of("c", 5)], 5).ShouldBe(TimeSpan.FromSeconds(5));

    [Fact]
    public void Is_the_middle_one_of_what_was_seen()
    {
        ExpectedDuration.Usual([]).ShouldBeNull();
        ExpectedDuration.Usual([.. new[] { 10, 600, 12 }.Select(s => TimeSpan.FromSeconds(s))]).ShouldBe(TimeSpan.FromSeconds(12));
    }

    private static TimedOperation Of(string application, int seconds, params string[] after) => new(application, after, TimeSpan.FromSeconds(seconds));
}
