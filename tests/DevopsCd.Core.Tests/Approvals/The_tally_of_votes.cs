using DevopsCd.Core.Approvals;
using DevopsCd.Core.Policies;

namespace DevopsCd.Core.Tests.Approvals;

public sealed class The_tally_of_votes
{
    private static readonly DateTimeOffset s_start = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Is_reached_by_as_many_people_as_are_required()
    {
        Of(2, "").ShouldBe((1, 2, "1 more"));
        Of(2, "", "").ShouldBe((2, 2, ""));
        Of(2).ShouldBe((0, 2, "2 more"));
        Of(1, "", "").ShouldBe((2, 1, ""));
    }

    [Fact]
    public void Asks_for_so_many_of_them_from_a_group()
    {
        var policy = Policy(3, ("x", 1), ("y", 2));

        Of(policy, "y", "y", "").ShouldBe((3, 3, "1 of group x"));
        Of(policy, "x", "y").ShouldBe((2, 3, "1 of group y"));
        Of(policy, "x", "y", "y").ShouldBe((3, 3, ""));
        Of(Policy(3, ("x", 1)), "", "").ShouldBe((2, 3, "1 of group x"), "whoever comes from the group is one of the three");
        Of(Policy(4, ("x", 1)), "", "").ShouldBe((2, 4, "1 of group x, 1 more"));
    }

    [Fact]
    public void Counts_a_person_in_two_groups_once()
    {
        var policy = Policy(1, ("x", 1), ("y", 1));

        Of(policy, "x y").ShouldBe((1, 2, "1 of group y"));
        Of(policy, "x y", "").ShouldBe((2, 2, "1 of group y"));
        Of(policy, "x y", "y").ShouldBe((2, 2, ""));
    }

    [Fact]
    public void Lets_a_person_in_two_groups_stand_where_they_are_needed()
    {
        var policy = Policy(3, ("x", 1), ("y", 1), ("z", 1));

        Of(policy, "x y", "x", "y z").ShouldBe((3, 3, ""));
        Of(policy, "x y z", "x y", "x").ShouldBe((3, 3, ""));
        Of(policy, "x y", "x y", "x y").ShouldBe((3, 3, "1 of group z"));
    }

    /// <summary>Against every way to seat the people.</summary>
    [Fact]
    public void Fills_as_many_places_as_can_be_filled()
    {
        var random = new Random(16);
        string[] groups = ["v", "w", "x", "y"];
        for (var round = 0; round < 2000; round++)
        {
            var policy = Policy(random.Next(1, 6), [.. groups.Where(_ => random.Next(2) == 0).Select(g => (g, random.Next(1, 3)))]);
            var people = Enumerable.Range(0, random.Next(0, 6)).Select(_ => groups.Where(_ => random.Next(3) == 0).ToList()).ToList();
            var places = policy.Groups.SelectMany(g => Enumerable.Repeat(g.Key, g.Value)).ToList();

            var tally = Tally.Of(policy, [.. people.Select(p => new Ballot(p, s_start))]);

            var open = places.Count - Best(people, places, 0);
            tally.Missing.Where(m => m.Group is not null).Sum(m => m.Count).ShouldBe(open, $"round {round}");
            tally.Missing.Sum(m => m.Count).ShouldBe(Math.Max(open, Math.Max(policy.Required, places.Count) - people.Count), $"round {round}");
            tally.IsReached.ShouldBe(open == 0 && people.Count >= Math.Max(policy.Required, places.Count), $"round {round}");
        }
    }

    [Fact]
    public void Holds_until_the_first_vote_expires_without_which_it_is_not_reached()
    {
        var policy = Policy(2, ("x", 1)) with { ExpireAfter = TimeSpan.FromHours(10) };
        Ballot[] votes = [new([], s_start), new([], s_start.AddHours(1)), new(["x"], s_start.AddHours(2)), new(["x"], s_start.AddHours(3))];

        Tally.Of(policy, votes).HoldsUntil.ShouldBe(s_start.AddHours(12), "two of group x are left until then");
        Tally.Of(policy, votes[..3]).HoldsUntil.ShouldBe(s_start.AddHours(11));
        Tally.Of(policy, votes[..2]).HoldsUntil.ShouldBeNull();
        Tally.Of(policy with { ExpireAfter = null }, votes).HoldsUntil.ShouldBeNull();
    }

    private static int Best(List<List<string>> people, List<string> places, int person)
    {
        if (person == people.Count)
            return 0;
        var best = Best(people, places, person + 1);
        foreach (var group in people[person].Where(places.Contains))
        {
            var left = places.ToList();
            left.Remove(group);
            best = Math.Max(best, 1 + Best(people, left, person + 1));
        }
        return best;
    }

    private static ApprovalPolicy Policy(int required, params (string Group, int Count)[] groups) =>
        new() { Required = required, Groups = groups.ToDictionary(g => g.Group, g => g.Count) };

    private static (int, int, string) Of(int required, params string[] people) => Of(Policy(required), people);

    private static (int, int, string) Of(ApprovalPolicy policy, params string[] people)
    {
        var tally = Tally.Of(policy, [.. people.Select(groups => new Ballot(groups.Split(' '), s_start))]);
        tally.IsReached.ShouldBe(tally.Missing.Count == 0);
        return (tally.Votes, tally.Required, MissingVotes.InWords(tally.Missing));
    }
}
