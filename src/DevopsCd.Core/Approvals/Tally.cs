using DevopsCd.Core.Policies;

namespace DevopsCd.Core.Approvals;

/// <summary>
/// How far votes have come towards what a policy asks for. A person fills one place: whoever is in two groups stands for the one in which they
/// are needed more, and a policy that names more places than people asks for as many people as it has places.
/// </summary>
internal sealed record Tally
{
    /// <summary>How many people have approved.</summary>
    public required int Votes { get; init; }

    /// <summary>How many have to.</summary>
    public required int Required { get; init; }

    /// <summary>Who is still needed; empty when nobody is.</summary>
    public required IReadOnlyList<MissingVotes> Missing { get; init; }

    /// <summary>When it ceases to be reached by votes that expire; null when it is not reached, or no vote expires.</summary>
    public DateTimeOffset? HoldsUntil { get; init; }

    public bool IsReached => Missing.Count == 0;

    /// <param name="policy">What is asked for.</param>
    /// <param name="ballots">The votes that count, each of another person.</param>
    public static Tally Of(ApprovalPolicy policy, IReadOnlyCollection<Ballot> ballots)
    {
        var places = policy.Groups.OrderBy(g => g.Key, StringComparer.Ordinal).SelectMany(g => Enumerable.Repeat(g.Key, g.Value)).ToList();
        var required = Math.Max(policy.Required, places.Count);
        var open = Open(places, ballots);
        var others = Math.Max(0, required - ballots.Count - open.Count);
        var missing = open.GroupBy(group => group, StringComparer.Ordinal).Select(g => new MissingVotes(g.Key, g.Count())).ToList();
        if (others > 0)
            missing.Add(new MissingVotes(null, others));
        return new Tally { Votes = ballots.Count, Required = required, Missing = missing, HoldsUntil = missing.Count > 0 ? null : End(policy, ballots) };
    }

    private static DateTimeOffset? End(ApprovalPolicy policy, IReadOnlyCollection<Ballot> ballots) =>
        policy.ExpireAfter is not { } time ? null
        : ballots.Select(b => b.At).Distinct().Order()
            .First(at => !Of(policy with { ExpireAfter = null }, [.. ballots.Where(b => b.At > at)]).IsReached) + time;

    /// <summary>The places that nobody fills, when as many are filled as can be.</summary>
    private static List<string> Open(List<string> places, IReadOnlyCollection<Ballot> ballots)
    {
        var filledBy = new Ballot?[places.Count];
        foreach (var ballot in ballots)
            Seat(ballot, new HashSet<int>());
        return [.. places.Where((_, place) => filledBy[place] is null)];

        // Whoever sits there already moves on, if there is another place for them.
        bool Seat(Ballot ballot, HashSet<int> tried)
        {
            for (var place = 0; place < places.Count; place++)
            {
                if (!ballot.Groups.Contains(places[place], StringComparer.Ordinal) || !tried.Add(place))
                    continue;
                if (filledBy[place] is { } other && !Seat(other, tried))
                    continue;
                filledBy[place] = ballot;
                return true;
            }
            return false;
        }
    }
}

/// <summary>A vote that counts.</summary>
/// <param name="Groups">The groups its voter is in.</param>
/// <param name="At">When it was given.</param>
internal sealed record Ballot(IReadOnlyCollection<string> Groups, DateTimeOffset At);
