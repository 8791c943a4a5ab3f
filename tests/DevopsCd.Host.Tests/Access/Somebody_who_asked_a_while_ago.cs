using DevopsCd.Core.Access;
using DevopsCd.Host.Access;
using DevopsCd.Host.Access.Accounts;
using DevopsCd.Host.Access.Data;
using DevopsCd.Host.Access.Tokens;
using DevopsCd.Host.Access.Workloads;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;

namespace DevopsCd.Host.Tests.Access;

/// <summary>What counts when something comes due is who somebody is then (R21).</summary>
public sealed class Somebody_who_asked_a_while_ago
{
    private static readonly Subject s_ann = Subject.User("ann", "staff");
    private static readonly UpperInvariantLookupNormalizer s_normalizer = new();

    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public async Task Is_in_the_groups_that_were_seen_last()
    {
        await using var database = await AccessDatabase.Create(Account("ann", account => account.Groups = ["operators"]));

        var now = await Now(database, s_ann);

        (now.IsLetIn, now.Id).ShouldBe((true, "user:ann"));
        now.Groups.ShouldBe(["operators"]);
    }

    [Fact]
    public async Task Is_let_in_as_the_account_is_now()
    {
        var old = _clock.GetUtcNow();
        await using var database = await AccessDatabase.Create(
            Account("shut-out", account => account.IsShutOut = true),
            Account("with-password", account => account.PasswordHash = "x"),
            Account("long-gone", account => account.SeenAt = old),
            Account("root", account => (account.PasswordHash, account.IsAdministrator) = ("x", true)));
        _clock.Advance(TimeSpan.FromDays(91));

        (await Now(database, Subject.User("shut-out"))).IsLetIn.ShouldBeFalse();
        (await Now(database, Subject.User("nobody"))).IsLetIn.ShouldBeFalse("the account was removed");
        (await Now(database, Subject.User("long-gone"))).IsLetIn.ShouldBeFalse("nobody has vouched for 90 days");
        (await Now(database, Subject.User("with-password"))).IsLetIn.ShouldBeFalse("nobody logs in with a password here");
        (await Now(database, Subject.User("with-password"), "password")).IsLetIn.ShouldBeTrue();
        (await Now(database, Subject.User("root"), "password")).Grants.ShouldHaveSingleItem().Role.ShouldBe(Roles.Admin);
        (await Now(database, s_ann, "local")).Grants.ShouldBe(LocalAccess.Everything);
    }

    [Fact]
    public async Task Has_asked_with_a_token_that_may_end_but_not_be_revoked()
    {
        await using var database = await AccessDatabase.Create(Account("ann", account => account.Groups = ["operators"]), Account("bob", account => account.IsShutOut = true));
        await using (var db = database.Open())
        {
            db.AddRange(Token("ended", "ann"), Token("revoked", "ann", revoked: true), Token("of-bob", "bob"));
            await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        }
        _clock.Advance(TimeSpan.FromDays(2));

        (await Now(database, new Subject(SubjectKind.Token, "ended"))).ShouldSatisfyAllConditions(
            now => now.IsLetIn.ShouldBeTrue(),
            now => (now.Person, now.Groups.Single(), now.Scope!.Bits).ShouldBe(("ann", "operators", Permissions.Bit(Permissions.DeployProd))));
        (await Now(database, new Subject(SubjectKind.Token, "revoked"))).IsLetIn.ShouldBeFalse();
        (await Now(database, new Subject(SubjectKind.Token, "of-bob"))).IsLetIn.ShouldBeFalse();
    }

    [Fact]
    public async Task Is_a_job_or_a_user_of_the_broker_as_the_configuration_has_them_now()
    {
        await using var database = await AccessDatabase.Create();
        var forged = new[] { new Grant(Roles.Admin, Projects.All, "when it asked") };

        (await Now(database, new Subject(SubjectKind.Workload, "shop") { Grants = forged })).Grants.ShouldHaveSingleItem().Role.ShouldBe(Roles.Ci);
        (await Now(database, new Subject(SubjectKind.Workload, "gone") { Grants = forged })).IsLetIn.ShouldBeFalse();
        (await Now(database, new Subject(SubjectKind.Amqp, "ci") { Grants = forged })).Grants.ShouldBeEmpty();
    }

    /// <summary>So that refusals on every host name those who are there.</summary>
    [Fact]
    public async Task Is_an_administrator_whose_coming_and_going_is_known_to_every_host()
    {
        await using var database = await AccessDatabase.Create();
        var root = Account("root", account => account.IsAdministrator = true);
        await using var db = database.Open();
        var cancelled = TestContext.Current.CancellationToken;

        db.Add(root);
        await db.SaveChangesAsync(cancelled);
        (await Marks(db)).ShouldBe(1);
        db.Add(Account("ann"));
        await db.SaveChangesAsync(cancelled);
        // As the framework saves an account, whatever of it has changed.
        root.AccessFailedCount++;
        db.Update(root);
        await db.SaveChangesAsync(cancelled);
        (await Marks(db)).ShouldBe(1, "nothing that matters has changed");
        root.IsShutOut = true;
        await db.SaveChangesAsync(cancelled);
        (await Marks(db)).ShouldBe(2);
        await using (var transaction = await db.Database.BeginTransactionAsync(cancelled))
        {
            db.Remove(root);
            await db.SaveChangesAsync(cancelled);
            await transaction.RollbackAsync(cancelled);
        }
        (await Marks(db)).ShouldBe(2, "it has not happened");
    }

    private async Task<Subject> Now(AccessDatabase database, Subject asked, string mode = "oidc")
    {
        await using var db = database.Open();
        var options = new AuthOptions
        {
            Mode = mode,
            Workloads = { new WorkloadOptions { Name = "shop", Role = Roles.Ci, Project = "shop" } }
        };
        return await new KnownSubjects(db, new SenderTrust("us", true, []), options, s_normalizer, _clock).NowAsync(asked, TestContext.Current.CancellationToken);
    }

    private static Account Account(string name, Action<Account>? with = null)
    {
        var account = new Account { Id = Guid.NewGuid(), UserName = name, NormalizedUserName = s_normalizer.NormalizeName(name) };
        with?.Invoke(account);
        return account;
    }

    private ApiToken Token(string id, string owner, bool revoked = false) => new()
    {
        Id = id,
        Hash = id,
        Name = id,
        Owner = owner,
        Permissions = [Permissions.DeployProd],
        CreatedAt = _clock.GetUtcNow(),
        ExpiresAt = _clock.GetUtcNow().AddDays(1),
        RevokedAt = revoked ? _clock.GetUtcNow() : null
    };

    private static Task<long> Marks(AccessDbContext db) =>
        db.Database.SqlQuery<long>($"SELECT value AS \"Value\" FROM counters WHERE name = 'access'").SingleAsync(TestContext.Current.CancellationToken);
}
