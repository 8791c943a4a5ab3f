using DevopsCd.Core.Access;
using DevopsCd.Host.Access.Accounts;
using DevopsCd.Host.Access.Data;
using DevopsCd.Host.Access.Tokens;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Host.Access;

/// <summary>Subjects with all that their login brings, also of somebody who is not asking.</summary>
internal sealed class KnownSubjects(AccessDbContext db, SenderTrust trust, AuthOptions options, ILookupNormalizer normalizer, TimeProvider clock)
    : IKnownSubjects
{
    /// <inheritdoc />
    /// <remarks>What a token has asked for while it was valid does not end with it, as its owner has not; what is revoked does.</remarks>
    public async Task<Subject> NowAsync(Subject asked, CancellationToken cancellationToken) => asked.Kind switch
    {
        SubjectKind.User when options.IsLocal => asked with { Grants = LocalAccess.Everything },
        SubjectKind.User => (await LetInAsync(asked.Name, cancellationToken))?.AsSubject(),
        SubjectKind.Token => await db.Tokens.AsNoTracking().SingleOrDefaultAsync(t => t.Id == asked.Name && t.RevokedAt == null, cancellationToken) is { } token
            && await LetInAsync(token.Owner, cancellationToken) is { } owner ? Bounded(token, owner) : null,
        SubjectKind.Workload => options.Workloads.Find(workload => workload.Name == asked.Name)?.AsSubject(),
        SubjectKind.Amqp => asked with { Grants = trust.Grants },
        _ => asked
    } ?? asked with { IsLetIn = false };

    /// <param name="kind">How it is known.</param>
    /// <param name="name">Its name.</param>
    /// <param name="groups">The groups of a person, which only the login provider knows.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null for a token that is not there or not valid any more, or whose owner is not let in any more.</returns>
    public async Task<Subject?> FindAsync(SubjectKind kind, string name, IReadOnlyCollection<string> groups, CancellationToken cancellationToken) => kind switch
    {
        SubjectKind.Token => await db.Tokens.AsNoTracking().SingleOrDefaultAsync(t => t.Id == name, cancellationToken) is { } token
            ? await OfAsync(token, cancellationToken)
            : null,
        SubjectKind.Amqp => new Subject(kind, name) { Grants = trust.Grants },
        SubjectKind.User when options.IsLocal => Subject.User(name, groups) with { Grants = LocalAccess.Everything },
        SubjectKind.User => Subject.User(name, groups) with { Grants = (await AccountAsync(name, cancellationToken))?.AsGrants() ?? [] },
        _ => new Subject(kind, name) { Groups = groups }
    };

    /// <summary>The owner's rights as they are now, bounded; null when the token is over, or the owner is not let in any more.</summary>
    public async Task<Subject?> OfAsync(ApiToken token, CancellationToken cancellationToken) =>
        token.IsValid(clock.GetUtcNow()) && await LetInAsync(token.Owner, cancellationToken) is { } owner ? Bounded(token, owner) : null;

    /// <summary>A person as their provider or proxy has described them last; null when their account is gone, or they are not let in any more.</summary>
    public async Task<Subject?> VouchedAsync(string person, CancellationToken cancellationToken) =>
        await AccountAsync(person, cancellationToken) is { IsShutOut: false, PasswordHash: null } account ? account.AsSubject() : null;

    /// <summary>The account of somebody who is not asking; null when it is gone, not let in any more, or nobody has vouched for them for too long.</summary>
    private async Task<Account?> LetInAsync(string person, CancellationToken cancellationToken)
    {
        var account = await AccountAsync(person, cancellationToken);
        return account is null or { IsShutOut: true } || (account.PasswordHash is not null && !options.Has(AccessModes.Password))
            || (account.SeenAt is { } seen && seen + options.OwnerAbsence.Value <= clock.GetUtcNow()) ? null : account;
    }

    private static Subject Bounded(ApiToken token, Account owner) => new(SubjectKind.Token, token.Id)
    {
        Person = token.Owner,
        Groups = owner.Groups,
        Scope = token.Permissions is null && token.Projects is null
            ? null
            : new TokenScope(token.Permissions?.ToHashSet(StringComparer.Ordinal), token.Projects?.ToHashSet(StringComparer.Ordinal)),
        Grants = owner.AsGrants()
    };

    private Task<Account?> AccountAsync(string person, CancellationToken cancellationToken)
    {
        var name = normalizer.NormalizeName(person);
        return db.Users.AsNoTracking().SingleOrDefaultAsync(a => a.NormalizedUserName == name, cancellationToken);
    }
}
