using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Policies;
using DevopsCd.Shared;

namespace DevopsCd.Core.Approvals;

/// <summary>Approvals as people see them.</summary>
internal sealed class ApprovalViews(BatchVotes votes, BatchPolicies policies, AccessRights rights, PolicyBounds bounds)
{
    private const int MostNamed = 20;

    private static readonly string s_group = Subject.Of(SubjectKind.Group, "");
    private static readonly string s_user = Subject.Of(SubjectKind.User, "");

    /// <summary>An approval, without who can give what is missing.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="kind">What is approved.</param>
    /// <param name="contentHash">The hash of its present content.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null when the policy asks for none.</returns>
    public async Task<ApprovalState?> OfAsync(Batch batch, ApprovalKind kind, string contentHash, CancellationToken cancellationToken) =>
        await votes.StandAsync(batch, kind, contentHash, cancellationToken) is { } standing ? View(standing) : null;

    /// <summary>An approval with who can give what is missing.</summary>
    /// <returns>Null when the policy asks for none.</returns>
    public async Task<ApprovalState?> ShowAsync(Batch batch, ApprovalKind kind, IReadOnlyCollection<BatchRelease> releases, CancellationToken cancellationToken)
    {
        if (await votes.StandAsync(batch, kind, ContentHash.Of(releases), cancellationToken) is not { } standing)
            return null;
        return View(standing) with { Missing = View(await MissingAsync(batch, standing, cancellationToken)) };
    }

    /// <summary>The votes that are still needed, with who can give them.</summary>
    public async Task<IReadOnlyList<MissingVotes>> MissingAsync(Batch batch, Standing standing, CancellationToken cancellationToken)
    {
        // Nobody is bound to anything where nobody logs in: whoever connects may approve.
        if (standing.Tally.IsReached || bounds.NobodyLogsIn)
            return standing.Tally.Missing;
        var approvers = await ApproversAsync(batch, standing, cancellationToken);
        return [.. standing.Tally.Missing.Select(missing => missing with { CanBeGivenBy = Givers(approvers, missing.Group) })];
    }

    public static IReadOnlyList<MissingApproval> View(IEnumerable<MissingVotes> missing) =>
        [.. missing.Select(m => new MissingApproval { Group = m.Group, Count = m.Count, CanBeGivenBy = m.CanBeGivenBy })];

    public static ApprovalState View(Standing standing) => new()
    {
        Event = BatchEventTypes.ByWhich(standing.Kind).Key,
        Votes = standing.Tally.Votes,
        Required = standing.Tally.Required,
        Reached = standing.Tally.IsReached,
        Missing = View(standing.Tally.Missing),
        Given = [.. standing.Votes.Select(v => new ApprovalVote
        {
            By = v.Vote.Name,
            At = v.Vote.At,
            Groups = [.. v.Groups],
            ContentHash = v.Vote.ContentHash,
            Reason = v.Vote.Comment,
            Counts = v.WhyNot is null,
            WhyNot = v.WhyNot
        })],
        NotByAuthor = standing.Policy.NotByAuthor,
        OnChange = EnumNames<ChangeEffect>.Of(standing.Policy.OnChange),
        ExpiresAt = standing.Tally.HoldsUntil
    };

    /// <summary>Everybody who is bound to what the vote needs, without those whose vote counts already or never will.</summary>
    private async Task<IReadOnlyList<string>> ApproversAsync(Batch batch, Standing standing, CancellationToken cancellationToken)
    {
        var (table, permission) = (await rights.PresentAsync(cancellationToken), BatchEventTypes.ByWhich(standing.Kind).Permission!);
        var bound = (await policies.ByProjectAsync(batch.Id, cancellationToken)).Keys.Select(project => table.Who(permission, project))
            .Aggregate((all, more) => [.. all.Intersect(more, StringComparer.Ordinal)]);
        var done = standing.Votes.Where(v => v.WhyNot is null).Select(v => v.Vote.Voter).Concat(standing.Authors).ToHashSet(StringComparer.Ordinal);
        return [.. bound.Where(subject => !subject.StartsWith(s_user, StringComparison.Ordinal)
            || !done.Contains(BatchVotes.VoterOf(subject[s_user.Length..])))];
    }

    /// <summary>The group itself where it may approve; else those of the others who are in it, which their login alone tells.</summary>
    private static IReadOnlyList<string> Givers(IReadOnlyList<string> approvers, string? group) =>
        group is not null && approvers.Contains(s_group + group, StringComparer.Ordinal) ? [s_group + group]
        : [.. approvers.Take(MostNamed)];
}
