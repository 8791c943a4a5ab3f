using System.Text.Json;
using DevopsCd.Core.Applications;
using DevopsCd.Core.Batches;

namespace DevopsCd.Core.Tests.Batches;

public sealed class Stored_seals
{
    /// <summary>As a database of 2026-11-28 holds it.</summary>
    private const string Old = """
        [{"stage":0,"cluster":"staging","namespace":"shop","workloadKind":"Deployment","workloadName":"api","container":"api","strategy":"rolling","settings":{"a":1}},
         {"stage":1,"cluster":"production","namespace":"shop","workloadKind":"Deployment","workloadName":"api","container":null,"strategy":"canary","settings":{}}]
        """;

    [Fact]
    public void Of_the_first_format_are_read()
    {
        var targets = SealedTarget.Read(Old);

        targets.Select(t => (t.Stage, t.Cluster, t.Strategy)).ShouldBe([(Stage.Pre, "staging", "rolling"), (Stage.Prod, "production", "canary")]);
        SealedTarget.Places(Old, Stage.Prod).Select(p => p.Cluster).ShouldBe(["production"]);
        SealedTarget.One("""{"stage":1,"cluster":"c","namespace":"n","workloadKind":"Deployment","workloadName":"w","strategy":"rolling","settings":{}}""").Stage.ShouldBe(Stage.Prod);
    }

    [Fact]
    public void Name_their_stages_and_their_format()
    {
        var json = SealedTarget.Write([new ApplicationTarget { Stage = Stage.Prod, Cluster = "c", Namespace = "n", WorkloadKind = "Deployment",
            WorkloadName = "w", Strategy = "rolling", StrategySettings = "{}" }]);

        json.ShouldStartWith("""{"format":2,"targets":[{"stage":"prod","cluster":"c",""");
        SealedTarget.Read(json).ShouldHaveSingleItem().Stage.ShouldBe(Stage.Prod);
        SealedTarget.Places(json, Stage.Prod).Select(p => p.Cluster).ShouldBe(["c"]);
        SealedTarget.Places(json, Stage.Pre).ShouldBeEmpty();
    }

    [Fact]
    public void Keep_a_later_wave_and_say_nothing_of_the_first()
    {
        var json = SealedTarget.Write([Target("east", 1), Target("west", 3)]);

        json.ShouldContain("\"wave\":3", Case.Sensitive);
        json.Split("\"wave\"").Length.ShouldBe(2, "seals without waves are as they were");
        SealedTarget.Read(json).Select(t => t.Wave).ShouldBe([1, 3]);
        SealedTarget.Places(json, Stage.Prod).Select(p => p.Wave).ShouldBe([1, 3]);
        SealedTarget.Read(json)[1].ToJson().ShouldNotContain("wave", Case.Sensitive, "another wave is no reason to deploy again");

        static ApplicationTarget Target(string cluster, int wave) => new()
        {
            Stage = Stage.Prod,
            Cluster = cluster,
            Namespace = "n",
            WorkloadKind = "Deployment",
            WorkloadName = "w",
            Strategy = "rolling",
            Wave = wave
        };
    }

    [Theory]
    [InlineData("""{"format":3,"targets":[]}""")]
    [InlineData("""[{"stage":2,"cluster":"c","namespace":"n","workloadKind":"Deployment","workloadName":"w","strategy":"rolling","settings":{}}]""")]
    public void Of_an_unknown_format_are_refused_and_not_guessed(string json) => Should.Throw<JsonException>(() => SealedTarget.Read(json));
}
