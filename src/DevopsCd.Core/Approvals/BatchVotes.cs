using System.Linq.Expressions;
using System.Text.Json;
using DevopsCd.Core.Access;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Data;
using DevopsCd.Core.Policies;
using DevopsCd.Shared;
using MassTransit.EntityFrameworkCoreIntegration;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Approvals;

/// <summary>The votes of a batch (R16). Whoever changes them holds the batch's lock.</summary>
internal sealed class BatchVotes(CdDbContext db, BatchPolicies policies, AccessRights rights, ContentHistory history, TimeProvider clock)
{
    private readonly Dictionary<long, ReadInTransaction<List<Vote>>> _ahead = [];

    /// <summary>Has all votes of a batch that count read together with other queries.</summary>
    /// <param name="queries">Of the same context.</param>
    /// <param name="which">Finds the batch's votes.</param>
    /// <returns>To be called with the batch's id when the queries have been read: until the transaction ends they are known.</returns>
    public Action<long> ReadWith(QueryBatch queries, Expression<Func<Vote, bool>> which)
    {
        var votes = queries.Add(db.Set<Vote>().Where(which).Where(v => v.VoidedAt == null).OrderBy(v => v.Id));
        return batchId => _ahead[batchId] = new(db, [.. votes]);
    }

    /// <summary>The same with the lock of a batch, by its correlation id.</summary>
    public Action<Batch> ReadWithLock(QueryBatch queries, Guid correlationId)
    {
        var batch = db.Batches.Where(b => b.CorrelationId == correlationId).Select(b => b.Id);
        var known = ReadWith(queries, v => v.BatchId == batch.FirstOrDefault());
        return locked => known(locked.Id);
    }

    /// <summary>What people have to approve for an event, as the batch's policy is now; null when it may be raised by one person alone.</summary>
    public async Task<ApprovalPolicy?> PolicyAsync(Batch batch, ApprovalKind kind, CancellationToken cancellationToken)
    {
        var policy = await policies.OfAsync(batch, cancellationToken);
        return kind == ApprovalKind.Release ? policy.Approvals : policy.ProdApprovals;
    }

    /// <summary>How an approval stands now.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="kind">What is approved.</param>
    /// <param name="contentHash">The hash of its present content.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null when the policy asks for none.</returns>
    public async Task<Standing?> StandAsync(Batch batch, ApprovalKind kind, string contentHash, CancellationToken cancellationToken)
    {
        if (await PolicyAsync(batch, kind, cancellationToken) is not { } policy)
            return null;
        var votes = await LiveAsync(batch, kind, cancellationToken);
        return await StandAsync(batch, kind, policy, votes, HashFor(batch, kind, contentHash), cancellationToken);
    }

    /// <summary>Records a vote for the present content. A person who votes again renews the vote; the audit keeps both.</summary>
    /// <param name="batch">Locked by this transaction.</param>
    /// <param name="kind">What is approved.</param>
    /// <param name="releases">All of its releases, with application and build.</param>
    /// <param name="head">Who approves, and what they say with it.</param>
    /// <param name="asker">Who has sent it, as the way in has made sure.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How the approval stands with it; null when the policy asks for none.</returns>
    public async Task<Standing?> GiveAsync(
        Batch batch, ApprovalKind kind, IReadOnlyCollection<BatchRelease> releases, BatchEventHead head, Subject asker, CancellationToken cancellationToken)
    {
        if (await PolicyAsync(batch, kind, cancellationToken) is not { } policy)
            return null;
        var (name, hash) = (head.Operator!, ContentHash.Of(releases));
        var votes = await LiveAsync(batch, kind, cancellationToken);
        if (votes.Find(v => v.Voter == VoterOf(name)) is not { } vote)
        {
            votes.Add(vote = new Vote { BatchId = batch.Id, Kind = kind, Voter = VoterOf(name) });
            db.Add(vote);
            Ahead(batch)?.Add(vote);
        }
        (vote.Name, vote.Subject, vote.ContentHash) = (name, asker.IsEngine ? null : JsonSerializer.Serialize(asker), hash);
        (vote.Comment, vote.At) = (head.Reason, clock.GetUtcNow());
        return await StandAsync(batch, kind, policy, votes, hash, cancellationToken);
    }

    /// <summary>Why the approval that a batch has no longer holds: votes that it needed have expired. Null while it holds.</summary>
    public async Task<Sentence?> ExpiredAsync(Batch batch, CancellationToken cancellationToken)
    {
        if (batch.ApprovedContentHash is not { } approved
            || await PolicyAsync(batch, ApprovalKind.Release, cancellationToken) is not { ExpireAfter: { } time } policy)
            return null;
        var given = (await LiveAsync(batch, ApprovalKind.Release, cancellationToken)).Where(v => v.ContentHash == approved).ToList();
        var holding = given.Where(v => v.At + time > clock.GetUtcNow()).ToList();
        return holding.Count == given.Count || Tally.Of(policy, [.. holding.Select(v => new Ballot(GroupsOf(VoterOf(v)), v.At))]).IsReached
            ? null
            : (Sentence)$"the approval has expired: it holds for {new Duration(time)}";
    }

    /// <summary>The votes count no more.</summary>
    public async Task VoidAsync(Batch batch, ApprovalKind kind, string because, CancellationToken cancellationToken)
    {
        foreach (var vote in await LiveAsync(batch, kind, cancellationToken))
            vote.Void(because, clock.GetUtcNow());
    }

    /// <summary>The initiator and whoever has changed the content, as votes are counted. Builds that flow in by themselves are nobody's change.</summary>
    public async Task<IReadOnlySet<string>> AuthorsAsync(Batch batch, CancellationToken cancellationToken) =>
        (await history.ChangedByAsync(batch.Id, cancellationToken)).Append(batch.Initiator).Select(VoterOf).ToHashSet(StringComparer.Ordinal);

    /// <summary>One person counts once, however the name is written and by whatever way it comes: logged in, by a token, over the broker.</summary>
    public static string VoterOf(string name) => name.Trim().ToLowerInvariant();

    private async Task<List<Vote>> LiveAsync(Batch batch, ApprovalKind kind, CancellationToken cancellationToken) =>
        Ahead(batch) is { } known ? known.FindAll(v => v.Kind == kind && v.VoidedAt is null)
        : await db.Set<Vote>().Where(v => v.BatchId == batch.Id && v.Kind == kind && v.VoidedAt == null).OrderBy(v => v.Id).ToListAsync(cancellationToken);

    /// <summary>What was read ahead in this transaction, or outside of any.</summary>
    private List<Vote>? Ahead(Batch batch) => _ahead.TryGetValue(batch.Id, out var read) && read.Holds ? read.Value : null;

    private static Subject? VoterOf(Vote vote) => vote.Subject is null ? null : JsonSerializer.Deserialize<Subject>(vote.Subject);

    private static IReadOnlyCollection<string> GroupsOf(Subject? voter) => voter?.Groups ?? [];

    private async Task<Standing> StandAsync(
        Batch batch, ApprovalKind kind, ApprovalPolicy policy, List<Vote> votes, string hash, CancellationToken cancellationToken)
    {
        var authors = policy.NotByAuthor ? await AuthorsAsync(batch, cancellationToken) : new HashSet<string>();
        var (isOpen, expires) = Stage(batch, kind);
        var counted = new List<CountedVote>(votes.Count);
        foreach (var vote in votes)
        {
            var voter = VoterOf(vote);
            var whyNot = WhyNot(vote, policy, hash, isOpen ? authors : null, expires)
                ?? (voter is null || !isOpen ? null : await MissingRightAsync(voter, batch, kind, cancellationToken));
            counted.Add(new CountedVote(vote, GroupsOf(voter), whyNot));
        }
        var ballots = counted.Where(v => v.WhyNot is null).Select(v => new Ballot(v.Groups, v.Vote.At)).ToList();
        return new Standing(kind, policy, hash, authors, counted, Tally.Of(policy, ballots));
    }

    /// <summary>What is approved already is compared with that; what flowed in afterwards is the seal's concern.</summary>
    private static string HashFor(Batch batch, ApprovalKind kind, string present) =>
        kind == ApprovalKind.Release && batch.ApprovedContentHash is { } approved ? approved : present;

    /// <summary>Whether people vote at present, so that who they are is asked; and whether what they have said can still expire.</summary>
    private static (bool IsOpen, bool Expires) Stage(Batch batch, ApprovalKind kind)
    {
        if (kind == ApprovalKind.Release)
            return (batch.Status == BatchStatus.PendingApproval, batch.Status is BatchStatus.PendingApproval or BatchStatus.Approved);
        var isAhead = batch.Status is not (BatchStatus.ProdDeploying or BatchStatus.ProdDeployed or BatchStatus.ProdRollingBack)
            && !BatchStatus.Ended(batch.Status);
        return (isAhead, isAhead);
    }

    private string? WhyNot(Vote vote, ApprovalPolicy policy, string hash, IReadOnlySet<string>? authors, bool expires) =>
        vote.ContentHash != hash ? "it was given for other content"
        : expires && vote.At + policy.ExpireAfter is { } end && end <= clock.GetUtcNow() ? $"it expired after {new Duration(policy.ExpireAfter!.Value)}"
        : authors?.Contains(vote.Voter) == true ? $"{vote.Name} has made the batch or changed its content"
        : null;

    /// <summary>What somebody has approved counts while they may approve.</summary>
    private async Task<string?> MissingRightAsync(Subject voter, Batch batch, ApprovalKind kind, CancellationToken cancellationToken)
    {
        var (table, permission) = (await rights.PresentAsync(cancellationToken), BatchEventTypes.ByWhich(kind).Permission!);
        foreach (var project in (await policies.ByProjectAsync(batch.Id, cancellationToken)).Keys)
            if (!table.Allows(voter, permission, project))
                return $"{voter.Operator} no longer has the permission {permission} in project {project}";
        return null;
    }
}
