using DevopsCd.Core.Policies;
using DevopsCd.Shared;

namespace DevopsCd.Core.Approvals;

/// <summary>How the approval of a batch's content stands at one time.</summary>
/// <param name="Kind">What is approved.</param>
/// <param name="Policy">What the policy asks for.</param>
/// <param name="ContentHash">The content.</param>
/// <param name="Authors">The people who made it what it is, as votes are counted; empty where the policy lets them vote.</param>
/// <param name="Votes">All that have not been withdrawn, oldest first.</param>
/// <param name="Tally">What they come to.</param>
internal sealed record Standing(
    ApprovalKind Kind, ApprovalPolicy Policy, string ContentHash, IReadOnlySet<string> Authors, IReadOnlyList<CountedVote> Votes, Tally Tally)
{
    /// <summary>As the audit and the answer say it.</summary>
    public VoteCount Count => new(EnumNames<ApprovalKind>.Of(Kind), Tally.Votes, Tally.Required, Tally.Missing,
        [.. Votes.Where(v => v.WhyNot is null).Select(v => v.Vote.Name)], ContentHash);
}

/// <summary>A vote, and whether it counts.</summary>
/// <param name="Vote">The vote.</param>
/// <param name="Groups">The groups its voter was in when it was given.</param>
/// <param name="WhyNot">Why it does not count; null when it does.</param>
internal sealed record CountedVote(Vote Vote, IReadOnlyCollection<string> Groups, string? WhyNot);
