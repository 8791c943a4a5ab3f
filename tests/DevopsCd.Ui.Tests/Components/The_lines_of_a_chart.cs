using DevopsCd.Host.Ui.Delivery;

namespace DevopsCd.Ui.Tests.Components;

public sealed class The_lines_of_a_chart
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(6, 1)]
    [InlineData(7, 2)]
    [InlineData(13, 5)]
    [InlineData(40.5, 10)]
    [InlineData(700, 200)]
    [InlineData(1e300, 500_000_000)]
    public void Are_a_few_whatever_the_greatest_value(double greatest, int step) => ChartScale.Step(greatest).ShouldBe(step);
}
