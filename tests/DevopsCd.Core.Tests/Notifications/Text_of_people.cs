using DevopsCd.Core.Notifications;
using DevopsCd.Core.Notifications.Composing;

namespace DevopsCd.Core.Tests.Notifications;

public sealed class Text_of_people
{
    [Theory]
    [InlineData(" two\r\n\tlines ", "two lines")]
    [InlineData("right\u202Eto\u200Bleft", "right to left")]
    [InlineData("\u0007bell", "bell")]
    [InlineData(null, "")]
    public void Becomes_one_line_without_hidden_characters(string? text, string line) => TextSanitizer.Clip(text, 100).ShouldBe(line);

    [Theory]
    [InlineData("abcdef", 3, "abc…")]
    [InlineData("abc", 3, "abc")]
    [InlineData("ab😀cd", 3, "ab…")]
    [InlineData("ab😀cd", 4, "ab😀…")]
    public void Is_cut_between_characters(string text, int longest, string cut) => TextSanitizer.Clip(text, longest).ShouldBe(cut);
}
