using DevopsCd.Shared;

namespace DevopsCd.Core.Tests.Configuration;

/// <summary>One grammar for both programs.</summary>
public sealed class A_duration
{
    [Theory]
    [InlineData("500ms", 500)]
    [InlineData("30s", 30_000)]
    [InlineData("1.5m", 90_000)]
    [InlineData("2h", 7_200_000)]
    [InlineData("1d", 86_400_000)]
    [InlineData(" 30s ", 30_000)]
    public void Is_a_number_and_a_unit(string text, double milliseconds) => Duration.Parse(text).Value.ShouldBe(TimeSpan.FromMilliseconds(milliseconds));

    [Theory]
    [InlineData("soon")]
    [InlineData("30")]
    [InlineData("30 s")]
    [InlineData("-30s")]
    [InlineData("1e3s")]
    [InlineData("1,5s")]
    [InlineData("9999999d")]
    [InlineData("")]
    [InlineData(null)]
    public void Is_nothing_else(string? text) =>
        Should.Throw<FormatException>(() => Duration.Parse(text)).Message.ShouldBe(
            $"'{text}' is not a duration; write a number and a unit, for example 500ms, 30s, 10m or 2h");
}
