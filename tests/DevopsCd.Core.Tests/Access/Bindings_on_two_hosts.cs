using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Data;
using DevopsCd.Core.Tests.Engines;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using NSubstitute;

namespace DevopsCd.Core.Tests.Access;

/// <summary>Two hosts on one database, each with its own memory of the bindings.</summary>
public sealed class Bindings_on_two_hosts
{
    private static readonly BindingBody s_alice = new() { Subject = "user:alice", Role = Roles.Approver, Project = "shop" };
    private static readonly AccessOrigin s_root = new(Subject.User("root"), "http", "192.0.2.7");

    private readonly FakeTimeProvider _clock = new();

    [Theory]
    [InlineData("postgres")]
    [InlineData("sqlite")]
    public async Task Are_refused_on_both_within_five_seconds_of_their_removal(string provider)
    {
        await using var database = await WithShop(provider);
        await using var one = Host(database);
        await using var other = Host(database);
        await In(one, desk => desk.AddAsync(s_alice, s_root, default));
        (await MayApprove(one), await MayApprove(other)).ShouldBe((true, true));

        (await In(one, desk => desk.RemoveAsync(s_alice, s_root, default))).ShouldBeTrue();

        (await MayApprove(one)).ShouldBeFalse("where it was removed at once");
        _clock.Advance(AccessRights.Freshness);
        (await MayApprove(other)).ShouldBeFalse();
    }

    [Theory]
    [InlineData("postgres")]
    [InlineData("sqlite")]
    public async Task Are_read_again_only_when_they_have_changed(string provider)
    {
        await using var database = await WithShop(provider);
        await using var host = Host(database);
        await In(host, desk => desk.AddAsync(s_alice, s_root, default));
        var rights = host.GetRequiredService<AccessRights>();
        var before = await rights.PresentAsync(default);

        _clock.Advance(AccessRights.Freshness);
        var same = await rights.PresentAsync(default);
        await using (var db = database.Open())
            await AccessRights.ChangeAsync(db, default);
        _clock.Advance(AccessRights.Freshness);
        var next = await rights.PresentAsync(default);

        same.ShouldBeSameAs(before);
        next.ShouldNotBeSameAs(before);
    }

    [Fact]
    public async Task Cost_one_look_at_one_row_while_nothing_changes()
    {
        await using var database = await WithShop("sqlite");
        var administrators = Substitute.For<IAdministrators>();
        administrators.ListAsync(default).ReturnsForAnyArgs(["user:root"], ["user:root", "user:eve"]);
        await using var host = Host(database, administrators: administrators);
        var rights = host.GetRequiredService<AccessRights>();

        for (var i = 0; i < 3; i++)
        {
            (await rights.PresentAsync(default)).Administrators.ShouldBe(["user:root"]);
            _clock.Advance(AccessRights.Freshness);
        }
        await administrators.ReceivedWithAnyArgs(1).ListAsync(default);

        await using (var db = database.Open())
            await AccessRights.ChangeAsync(db, default);
        (await rights.PresentAsync(default)).Administrators.ShouldBe(["user:root", "user:eve"]);
    }

    [Fact]
    public async Task Are_added_once_whoever_adds_them()
    {
        await using var database = await WithShop("postgres");
        await using var host = Host(database);

        var added = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => In(host, desk => desk.AddAsync(s_alice, s_root, default))));

        added.Count(a => a.IsNew).ShouldBe(1);
        await using var db = database.Open();
        (await db.Set<AccessBinding>().CountAsync(TestContext.Current.CancellationToken)).ShouldBe(1);
    }

    [Fact]
    public async Task Leave_every_change_in_the_audit()
    {
        await using var database = await WithShop("sqlite");
        await using var host = Host(database);

        await In(host, desk => desk.AddAsync(s_alice, s_root, default));
        await In(host, desk => desk.AddAsync(s_alice, s_root, default));
        await In(host, desk => desk.RemoveAsync(s_alice, s_root, default));
        (await In(host, desk => desk.RemoveAsync(s_alice, s_root, default))).ShouldBeFalse();

        await using var db = database.Open();
        var rows = await db.Set<AccessEvent>().OrderBy(e => e.Id).ToListAsync(TestContext.Current.CancellationToken);
        rows.Select(r => (r.Subject, r.Event, r.Target, r.Project, r.Source, r.Address)).ShouldBe(
        [
            ("user:root", "binding_added", "user:alice", "shop", "http", "192.0.2.7"),
                ("user:root", "binding_removed", "user:alice", "shop", "http", "192.0.2.7")
        ]);
        rows[0].After.ShouldBe(rows[1].Before);
        rows[0].After!.ShouldContain("approver");
    }

    [Fact]
    public async Task Of_the_configuration_are_shown_and_not_removed()
    {
        await using var database = await WithShop("sqlite");
        await using var host =
            Host(database, new AccessOptions { Bindings = { new BindingOptions { Subject = "user:alice", Role = Roles.Approver, Project = "shop" } } });

        (await MayApprove(host)).ShouldBeTrue();
        (await In(host, desk => desk.ListAsync(Visible.Everything, null, null, null, 10, default))).Items.ShouldHaveSingleItem().Source.ShouldBe(
            BindingSource.Configuration);
        (await Should.ThrowAsync<Core.Releases.BatchRefusedException>(() => In(host, desk => desk.RemoveAsync(s_alice, s_root, default)))).Message.ShouldContain(
            "core:auth:bindings");
    }

    private static async Task<TestDatabase> WithShop(string provider)
    {
        var database = await TestDatabase.Create(provider);
        await using var db = database.Open();
        db.Add(new Project { Name = "shop" });
        await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        return database;
    }

    private ServiceProvider Host(TestDatabase database, AccessOptions? options = null, IAdministrators? administrators = null)
    {
        var services = new ServiceCollection()
            .AddSingleton<TimeProvider>(_clock)
            .AddScoped<CdDbContext>(_ => database.Open())
            .AddAccess(options ?? new AccessOptions());
        if (administrators is not null)
            services.AddSingleton(administrators);
        return services.BuildServiceProvider(validateScopes: true);
    }

    private static async Task<bool> MayApprove(ServiceProvider host) =>
        (await host.GetRequiredService<AccessRights>().PresentAsync(default)).Allows(Subject.User("alice"), Permissions.Approve, "shop");

    private static async Task<T> In<T>(ServiceProvider host, Func<BindingDesk, Task<T>> work)
    {
        await using var scope = host.CreateAsyncScope();
        return await work(scope.ServiceProvider.GetRequiredService<BindingDesk>());
    }
}
