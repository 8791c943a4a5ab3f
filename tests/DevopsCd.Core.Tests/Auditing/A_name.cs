using DevopsCd.Core.Auditing;

namespace DevopsCd.Core.Tests.Auditing;

public sealed class A_name
{
    [Theory]
    [InlineData("engine")]
    [InlineData("ENGINE")]
    [InlineData(" Engine ")]
    [InlineData("\u0435ngine")] // Cyrillic e
    [InlineData("\u0415NGINE")]
    [InlineData("\u0395\u039DGI\u039D\u0395")] // Greek capitals
    [InlineData("\uFF45\uFF4E\uFF47\uFF49\uFF4E\uFF45")] // full width
    [InlineData("\U0001D41E\U0001D427\U0001D420\U0001D422\U0001D427\U0001D41E")] // mathematical bold
    [InlineData("eng\u0131ne")]
    [InlineData("eng1ne")]
    [InlineData("EnglNE")]
    [InlineData("en\u00ADgine")]
    [InlineData("\u0117ngine")]
    [InlineData("e n g i n e")]
    [InlineData("deploy-system")]
    [InlineData("Deploy System")]
    [InlineData("deploy_system")]
    [InlineData("deploy\u2011system")]
    [InlineData("dep1oy-sуstem")]
    [InlineData("deploy-systern")]
    [InlineData("system")]
    [InlineData("system:ann")]
    [InlineData("SYSTEM\uFF1Aengine")]
    public void Is_no_persons_when_it_is_taken_for_a_system_identity(string name)
    {
        Operators.LooksLikeSystem(name).ShouldBeTrue();
        Operators.IsPerson(name).ShouldBeFalse();
    }

    [Theory]
    [InlineData("ann\r\n12:00:00 INF Batch approved by bob")]
    [InlineData("ann\u001B[2K")]
    [InlineData("ann\u202Ebob")]
    [InlineData("ann\u200B")]
    [InlineData("\uD800")]
    [InlineData(" ")]
    [InlineData("")]
    [InlineData(null)]
    public void Is_no_persons_when_it_cannot_be_read_as_it_is_written(string? name) => Operators.IsPerson(name).ShouldBeFalse();

    [Theory]
    [InlineData("ann")]
    [InlineData("Engin Altan")]
    [InlineData("engineer")]
    [InlineData("systemd-team")]
    [InlineData("ann@systems.example")]
    [InlineData("\u738B\u5C0F\u660E")]
    [InlineData("\u0415\u043B\u0435\u043D\u0430")]
    [InlineData("Zo\u00EB")]
    [InlineData("\u0645\u06CC\u200C\u062E\u0648\u0627\u0647\u0645")] // with the joiner that Persian needs
    public void Is_a_persons_otherwise(string name) => Operators.IsPerson(name).ShouldBeTrue();
}
