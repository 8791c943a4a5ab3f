using DevopsCd.Core.Builds;

namespace DevopsCd.Core.Tests.Builds;

public sealed class A_build_number
{
    [Theory]
    [InlineData("9", "10")]
    [InlineData("#9", "#10")]
    [InlineData("20261128.9", "20261129.1")]
    [InlineData("20261129.9", "20261129.10")]
    [InlineData("128", "128.2")]
    [InlineData("128.2", "129")]
    [InlineData("1.4.9", "1.10.0")]
    [InlineData("v1.9.0", "v1.10.0")]
    [InlineData("1.4", "v1.5")]
    [InlineData("1.4.0-rc.1", "1.4.0")]
    [InlineData("1.4.0-rc.1", "1.4.0-rc.2")]
    [InlineData("1.4.0-beta2", "1.4.0-rc1")]
    [InlineData("1.4.0-127", "1.4.0-128")]
    [InlineData("1.4.0", "1.4.0-128")]
    [InlineData("build-99", "build-100")]
    [InlineData("main-9f2c1d7-1606223120", "main-10ab33e-1606223999")]
    [InlineData("2026-11-3", "2026-11-29")]
    [InlineData("99999999999999999999", "100000000000000000000")]
    [InlineData("007", "8")]
    public void Sorts_as_people_read_it(string earlier, string later)
    {
        BuildNumbers.Compare(earlier, later).ShouldNotBeNull().ShouldBeLessThan(0);
        BuildNumbers.Compare(later, earlier).ShouldNotBeNull().ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData("9f2c1d7", "10ab33e")]
    [InlineData("main-9f2c1d7", "main-10ab33e")]
    [InlineData("order-1", "stock-2")]
    [InlineData("1.4.0", "1.4.0-hotfix")]
    [InlineData("latest", "128")]
    public void Of_another_kind_is_not_compared(string a, string b)
    {
        BuildNumbers.Compare(a, b).ShouldBeNull();
        BuildNumbers.Compare(b, a).ShouldBeNull();
    }

    [Theory]
    [InlineData("128", "128")]
    [InlineData("1.4", "v1.4")]
    [InlineData("1_4", "1.4")]
    [InlineData("Build-7", "build-7")]
    public void May_be_written_in_another_way(string a, string b) => BuildNumbers.Compare(a, b).ShouldBe(0);
}
