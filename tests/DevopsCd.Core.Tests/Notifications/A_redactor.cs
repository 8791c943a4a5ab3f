using DevopsCd.Core.Notifications;
using DevopsCd.Core.Notifications.Channels;
using DevopsCd.Core.Outbound;

namespace DevopsCd.Core.Tests.Notifications;

public sealed class A_redactor
{
    private static readonly ChannelSettings s_settings = new()
    {
        Name = "it",
        Type = "dingtalk",
        Url = "https://user:hunter22@oapi.example.com/robot/send?access_token=tok%2Ben-0123456789abcdef",
        Secret = "SECabc"
    };

    private readonly Redactor _redactor = new(s_settings.Secrets(), s_settings.Url);

    [Theory]
    [InlineData("POST https://user:hunter22@oapi.example.com/robot/send?access_token=tok%2Ben-0123456789abcdef failed")]
    [InlineData("bad token tok%2Ben-0123456789abcdef")]
    [InlineData("bad token tok+en-0123456789abcdef")]
    [InlineData("BAD TOKEN TOK+EN-0123456789ABCDEF")]
    [InlineData("signed with SECabc")]
    [InlineData("user hunter22")]
    public void Takes_out_every_form_of_a_secret(string text)
    {
        var clean = _redactor.Clean(text);

        clean.ShouldContain("***");
        clean.ShouldNotContain("0123456789abcdef", Case.Insensitive);
        clean.ShouldNotContain("hunter22");
        clean.ShouldNotContain("SECabc");
    }

    [Fact]
    public void Makes_one_short_line_of_an_answer()
    {
        _redactor.Clean("a\n  b\tc").ShouldBe("a b c");
        _redactor.Clean(new string('x', 5000)).Length.ShouldBeLessThanOrEqualTo(501);
    }
}
