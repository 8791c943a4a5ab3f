using DevopsCd.Shared;

namespace DevopsCd.Core.Tests.Configuration;

public sealed class A_backoff
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 4)]
    [InlineData(7, 64)]
    [InlineData(8, 100)]
    [InlineData(int.MaxValue, 100)]
    public void Doubles_up_to_the_longest_wait(int failures, int seconds) =>
        Backoff.After(failures, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(100)).ShouldBe(TimeSpan.FromSeconds(seconds));
}
