using System.Text.RegularExpressions;
using System.Xml.Linq;
using DevopsCd.Testing;

namespace DevopsCd.Host.Tests.HouseRules;

/// <summary>A room of Core may use the rooms below it; none leads back to itself, and all stand on <c>Releases</c>.</summary>
public sealed class The_rooms_of_the_engine
{
    private const string Bottom = "Releases";

    private static readonly CoreRooms s_rooms = new();
    private static readonly IReadOnlyList<RoomUse> s_uses = s_rooms.Uses();

    public static TheoryData<string> Rooms => [.. s_rooms.Names];

    [Theory]
    [MemberData(nameof(Rooms))]
    public void Never_lead_back_to_themselves(string room)
    {
        var circle = RoomUse.Circle(s_uses, room);

        circle.ShouldBeNull($"{room} uses itself: {string.Join(" → ", circle?.Select(u => u.Room) ?? [])} → {room}\n{string.Join('\n', circle?.Select(u => u.Line) ?? [])}");
    }

    [Theory]
    [MemberData(nameof(Rooms))]
    public void Know_nothing_of_what_puts_them_together(string room) => s_rooms.UsesOfComposition(room).ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Rooms))]
    public void Are_namespaces(string room) => s_rooms.Misplaced(room).ShouldBeEmpty();

    [Fact]
    public void Stand_on_one_that_uses_no_other() => s_uses.Where(u => u.Room == Bottom).Select(u => u.Line).ShouldBeEmpty();

    [Fact]
    public void Speak_of_a_certain_stage_where_nothing_else_will_do() =>
        s_rooms.Lines(new Regex(@"\bStage\.(Pre|Prod)\b")).Where(line => !line.StartsWith($"src/DevopsCd.Core/{Bottom}/", StringComparison.Ordinal))
            .Select(line => Path.GetFileName(line.Split(':')[0])).Distinct()
            .ShouldBe(["ProductionPlanner.cs", "SampleCatalogue.cs"], ignoreOrder: true);

    [Fact]
    public void Import_no_other_without_saying_so() =>
        XDocument.Load(Repository.PathTo("src", "DevopsCd.Core", "DevopsCd.Core.csproj")).Descendants("Using").Select(u => (string?)u.Attribute("Include"))
            .ShouldBe([$"DevopsCd.Core.{Bottom}"]);

    [Fact]
    public void Are_seen_by_these_tests()
    {
        RoomUse[] three = [new("A", "B", "1"), new("B", "C", "2"), new("B", "D", "3"), new("C", "A", "4")];

        RoomUse.Circle(three, "A")!.Select(u => u.Line).ShouldBe(["1", "2", "4"]);
        RoomUse.Circle(three, "D").ShouldBeNull();
        s_uses.ShouldContain(u => u.Room == "Batches" && u.Other == "Deployments");
        s_rooms.UsesOfComposition(CoreRooms.Composition).ShouldNotBeEmpty();
    }
}
