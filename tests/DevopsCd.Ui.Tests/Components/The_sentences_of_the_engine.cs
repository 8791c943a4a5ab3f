using System.Text.RegularExpressions;
using DevopsCd.Core.Releases;
using DevopsCd.Host.Ui.Texts;

namespace DevopsCd.Ui.Tests.Components;

public sealed partial class The_sentences_of_the_engine
{
    private static readonly SaidWords s_said = SaidWords.In(typeof(Sentence).Assembly, typeof(SentenceTable).Assembly);

    [Fact]
    public void Are_all_said_in_Chinese_and_no_others() =>
        SentenceTable.Chinese.Keys.ShouldBe(s_said.Words.Where(words => words.Length > 0 && Place().Replace(words, "").Any(char.IsLetter)), ignoreOrder: true);

    /// <summary>A text that comes from somewhere would be said in English to everybody.</summary>
    [Fact]
    public void Are_written_where_they_are_said() => s_said.Texts.ShouldBeEmpty();

    [Fact]
    public void Are_about_the_same_things_in_both_languages() =>
        SentenceTable.Chinese.Concat(SentenceTable.English).Where(said => !Places(said.Key).SetEquals(Places(said.Value))).Select(said => said.Value).ShouldBeEmpty();

    [Fact]
    public void Are_renamed_in_English_only_where_they_are_said() => SentenceTable.English.Keys.Except(SentenceTable.Chinese.Keys).ShouldBeEmpty();

    [Fact]
    public void Name_states_and_events_as_the_reader_does()
    {
        var (batchEvent, state) = ("approve", BatchStatus.Sealed);
        var refused = new BatchRefusedException(RefusalKind.Illegal, $"{batchEvent} is not legal in {state}");

        new TextTable(Language.Chinese).Refusal(refused).ShouldBe("状态“封板确认”下不能审核通过");
        new TextTable(Language.English).Refusal(refused).ShouldBe("“Approve” is not possible in the state “Sealed”");
        refused.Message.ShouldBe("approve is not legal in Sealed", "the API's words are one language");
    }

    [Fact]
    public void Are_told_after_each_other_and_within_each_other()
    {
        Sentence none = "none";
        var refused = BatchRefusedException.Content(new Dictionary<string, Sentence[]> { ["title"] = ["must be 1 to 200 characters"], ["x"] = [$"build {none} → {7}"] });

        new TextTable(Language.Chinese).Refusal(refused).ShouldBe("title: 须为 1 到 200 个字符; x: 构建 无 → 7");
        new TextTable(Language.Chinese).Fields(refused)["title"].ShouldBe(["须为 1 到 200 个字符"]);
    }

    private static HashSet<string> Places(string words) => [.. Place().Matches(words).Select(place => place.Groups["number"].Value)];

    [GeneratedRegex(@"(?<!\{)\{(?<number>\d+)(?::[^}]*)?\}")]
    private static partial Regex Place();
}
