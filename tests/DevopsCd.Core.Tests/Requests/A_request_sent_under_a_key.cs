using DevopsCd.Core.Data;
using DevopsCd.Core.Requests;
using DevopsCd.Core.Tests.Engines;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace DevopsCd.Core.Tests.Requests;

public sealed class A_request_sent_under_a_key
{
    private static readonly Guid s_id = RememberedRequest.IdOf("user:ann", "POST /api/v1/applications", "8e03978e");

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 30, 8, 0, 0, TimeSpan.Zero));

    public static TheoryData<string> Providers => new("postgres", "sqlite");

    [Theory, MemberData(nameof(Providers))]
    public async Task Takes_its_key_with_what_it_changes_or_not_at_all(string provider)
    {
        await using var database = await TestDatabase.Create(provider);
        await using var host = Host(database);

        var failed = await In(host, (db, requests) => Should.ThrowAsync<TimeoutException>(() => db.InTransactionAsync(async () =>
        {
            requests.TakeWithTheNextSave(requests.New(s_id, "body"));
            await Change(db, "one");
            throw new TimeoutException();
        })));
        var afterFailure = await Found(host);
        await In(host, async (db, requests) =>
        {
            requests.TakeWithTheNextSave(requests.New(s_id, "body"));
            await db.InTransactionAsync(() => Change(db, "two"));
            return 0;
        });
        // What a crash leaves that comes before the answer is stored.
        var afterCommit = (await Found(host)).ShouldNotBeNull();

        afterFailure.ShouldBeNull();
        (afterCommit.Fingerprint, afterCommit.Status).ShouldBe(("body", null));
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Changes_nothing_when_another_has_taken_its_key(string provider)
    {
        await using var database = await TestDatabase.Create(provider);
        await using var host = Host(database);
        await In(host, (_, requests) => requests.TakeAsync(requests.New(s_id, "body"), default));

        var late = await In(host, (db, requests) =>
        {
            requests.TakeWithTheNextSave(requests.New(s_id, "body"));
            return Should.ThrowAsync<DbUpdateException>(() => db.InTransactionAsync(() => Change(db, "late")));
        });

        DatabaseFailures.Of(late).ShouldBe(DatabaseFailure.Duplicate);
        (await In(host, (db, _) => db.Set<Counter>().CountAsync(c => c.Name == "late"))).ShouldBe(0);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Neither_answers_for_another_nor_gives_its_key_back(string provider)
    {
        await using var database = await TestDatabase.Create(provider);
        await using var host = Host(database);
        await In(host, (_, requests) => requests.TakeAsync(requests.New(s_id, "body"), default));

        var answered = await In(host, (_, requests) => requests.RememberAsync(requests.New(s_id, "body"), 409, "{}", []));
        await In(host, async (_, requests) =>
        {
            await requests.ForgetAsync(requests.New(s_id, "body"));
            return 0;
        });

        answered.ShouldBeFalse();
        (await Found(host)).ShouldNotBeNull().Status.ShouldBeNull();
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Is_forgotten_after_a_day(string provider)
    {
        await using var database = await TestDatabase.Create(provider);
        await using var host = Host(database);
        await Many(database, 1200);
        await In(host, (_, requests) => requests.RememberAsync(requests.New(s_id, "body"), 201, "{}", []));
        var cleaning = host.GetRequiredService<OldRequests>();

        _clock.Advance(RememberedRequests.Kept - TimeSpan.FromSeconds(1));
        var early = await cleaning.CleanAsync(default);
        _clock.Advance(TimeSpan.FromSeconds(1));
        var found = await Found(host);
        var late = await cleaning.CleanAsync(default);

        (early, late).ShouldBe((0, 1200));
        found.ShouldBeNull("its time is over, whether or not it has been removed");
    }

    private static async Task<int> Change(CdDbContext db, string name)
    {
        db.Add(new Counter { Name = name });
        return await db.SaveChangesAsync();
    }

    private Task<RememberedRequest?> Found(ServiceProvider host) => In(host, (_, requests) => requests.FindAsync(s_id, default));

    private async Task Many(TestDatabase database, int count)
    {
        await using var db = database.Open();
        for (var i = 0; i < count; i++)
            db.Add(new RememberedRequest { Id = Guid.NewGuid(), Try = Guid.NewGuid(), Fingerprint = "body", CreatedAt = _clock.GetUtcNow() });
        await db.SaveChangesAsync();
    }

    private static async Task<T> In<T>(ServiceProvider host, Func<CdDbContext, RememberedRequests, Task<T>> work)
    {
        await using var scope = host.CreateAsyncScope();
        return await work(scope.ServiceProvider.GetRequiredService<CdDbContext>(), scope.ServiceProvider.GetRequiredService<RememberedRequests>());
    }

    private ServiceProvider Host(TestDatabase database) => new ServiceCollection()
        .AddSingleton<TimeProvider>(_clock)
        .AddLogging()
        .AddScoped(_ => database.Open())
        .AddRequests()
        .BuildServiceProvider();
}
