using DevopsCd.Host.Access.Accounts;

namespace DevopsCd.Host.Tests.Access;

public sealed class Attempts_to_log_in
{
    [Fact]
    public void Are_limited_for_an_address_whatever_names_it_tries()
    {
        using var limits = new LoginLimits();

        var failed = Fail(limits, i => ("192.0.2.7", $"guess-{i}"));

        failed.ShouldBe(60);
        limits.Allows("192.0.2.7", "ann").ShouldBeFalse();
        limits.Allows("192.0.2.8", "ann").ShouldBeTrue("nobody else is kept out");
    }

    [Fact]
    public void Are_limited_for_a_name_from_wherever_they_come_and_however_it_is_written()
    {
        using var limits = new LoginLimits();

        var failed = Fail(limits, i => ($"192.0.2.{i}", i % 2 == 0 ? "ann" : "ANN"));

        failed.ShouldBe(20);
        limits.Allows("198.51.100.1", "Ann").ShouldBeFalse();
        limits.Allows("198.51.100.1", "bob").ShouldBeTrue();
    }

    private static int Fail(LoginLimits limits, Func<int, (string Address, string Name)> attempt)
    {
        for (var i = 0; i < 100; i++)
        {
            var (address, name) = attempt(i);
            if (!limits.Allows(address, name))
                return i;
            limits.Failed(address, name);
        }
        return 100;
    }
}
