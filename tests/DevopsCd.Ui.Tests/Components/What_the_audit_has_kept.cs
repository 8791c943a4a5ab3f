using DevopsCd.Host.Ui.Texts;

namespace DevopsCd.Ui.Tests.Components;

public sealed class What_the_audit_has_kept
{
    private static readonly TextTable s_chinese = new(Language.Chinese);

    /// <summary>Whatever the engine may have said: by its English words it is found again, with what it was about.</summary>
    [Fact]
    public void Is_told_in_Chinese_whatever_it_is()
    {
        string[] about = ["alpha", "beta", "gamma", "delta", "epsilon"];
        var said = SentenceTable.Chinese.Where(sentence => RecalledSentences.Find(string.Format(sentence.Key, about)) is not null).ToList();

        said.Count.ShouldBeGreaterThan(SentenceTable.Chinese.Count * 9 / 10);
        foreach (var (words, chinese) in said)
            s_chinese.Recalled(string.Format(words, about)).ShouldBe(string.Format(new NamedThings(s_chinese), chinese, about), words);
    }

    [Theory]
    [InlineData("web depends on: api, db", "web 依赖：api, db")]
    [InlineData("ann needs the permission approve in project shop; root can grant it", "ann 缺少权限“审核”（项目 shop），可由 root 授予")]
    [InlineData("approve is not legal in Sealed", "状态“封板确认”下不能审核通过")]
    [InlineData("a batch without applications cannot be sealed; the dependencies form a cycle: a → b → a", "批次中没有应用，不能封板; 依赖关系形成了环：a → b → a")]
    [InlineData("web: 1 → no build; main has no other successful one", "web：1 → 无构建；main 没有其他成功的构建")]
    [InlineData("the sky is falling", "the sky is falling")]
    public void Is_told_with_all_that_it_is_about(string english, string chinese) => s_chinese.Recalled(english).ShouldBe(chinese);

    [Fact]
    public void Stays_as_it_is_in_English() => new TextTable(Language.English).Recalled("web depends on: api").ShouldBe("web depends on: api");
}
