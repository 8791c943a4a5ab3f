using DevopsCd.Messaging.Tests.Houses;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Messaging.Tests.Outbox;

public sealed class Work_that_waits_for_a_commit
{
    private int _runs;

    [Theory, InlineData(TestInfrastructure.Servers), InlineData(TestInfrastructure.Embedded)]
    public async Task Runs_once_with_the_commit_and_not_before(TestInfrastructure ground)
    {
        await using var house = await MessagingTestHost.On(ground);

        await house.InScope(async scope =>
        {
            var db = scope.GetRequiredService<ShopDbContext>();
            await using var transaction = await db.Database.BeginTransactionAsync();
            db.AfterCommit(Run);
            db.AfterCommit(Run);
            db.Add(new ParcelEvent { Text = "in it" });
            await db.SaveChangesAsync();
            (_runs, db.IsAwaitingCommit(Run)).ShouldBe((0, true));

            await transaction.CommitAsync();

            (_runs, db.IsAwaitingCommit(Run)).ShouldBe((1, false));
        });
    }

    [Theory, InlineData(TestInfrastructure.Servers), InlineData(TestInfrastructure.Embedded)]
    public async Task Runs_with_the_commit_of_a_unit_of_work_which_goes_past_the_transaction_object(TestInfrastructure ground)
    {
        await using var house = await MessagingTestHost.On(ground);

        await house.InScope(scope => scope.GetRequiredService<ShopDbContext>().InTransactionAsync(() =>
        {
            scope.GetRequiredService<ShopDbContext>().AfterCommit(Run);
            return Task.CompletedTask;
        }));

        _runs.ShouldBe(1);
    }

    [Theory, InlineData(TestInfrastructure.Servers), InlineData(TestInfrastructure.Embedded)]
    public async Task Runs_with_the_next_save_where_there_is_no_transaction(TestInfrastructure ground)
    {
        await using var house = await MessagingTestHost.On(ground);

        await house.InScope(async scope =>
        {
            var db = scope.GetRequiredService<ShopDbContext>();
            db.AfterCommit(Run);
            db.Update(new ParcelEvent { Id = 4711, Text = "not there" });
            await Should.ThrowAsync<DbUpdateConcurrencyException>(() => db.SaveChangesAsync());
            _runs.ShouldBe(0);

            db.ChangeTracker.Clear();
            db.AddRange(new ParcelEvent { Text = "one" }, new ParcelEvent { Text = "two" });
            await db.SaveChangesAsync();

            _runs.ShouldBe(1);
        });
    }

    [Theory, InlineData(TestInfrastructure.Servers, true), InlineData(TestInfrastructure.Servers, false), InlineData(TestInfrastructure.Embedded, true), InlineData(TestInfrastructure.Embedded, false)]
    public async Task Is_forgotten_with_a_transaction_that_ends_otherwise(TestInfrastructure ground, bool isRolledBack)
    {
        await using var house = await MessagingTestHost.On(ground);

        await house.InScope(async scope =>
        {
            var db = scope.GetRequiredService<ShopDbContext>();
            await using (var transaction = await db.Database.BeginTransactionAsync())
            {
                db.AfterCommit(Run);
                if (isRolledBack)
                    await transaction.RollbackAsync();
            }

            db.IsAwaitingCommit(Run).ShouldBeFalse();
            db.Add(new ParcelEvent { Text = "later" });
            await db.SaveChangesAsync();
        });

        _runs.ShouldBe(0);
    }

    private void Run() => _runs++;
}
