using DevopsCd.Messaging.Tests.Houses;
using DevopsCd.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace DevopsCd.Messaging.Tests.Outbox;

public sealed class A_lost_connection
{
    [Fact]
    public async Task To_the_database_costs_time_and_no_message()
    {
        await using var house = await MessagingTestHost.On(TestInfrastructure.Servers, Patient);
        house.Script.OnWork = Record;
        var works = Enumerable.Range(0, 300).Select(_ => new Work()).ToList();

        var sending = Task.WhenAll(works.Select(work => house.Send(work)));
        for (var cut = 1; cut <= 4; cut++)
        {
            var target = cut * 50;
            await Eventually.IsTrue(() => house.Script.Works >= target, $"{target} works begun");
            await house.Postgres!.TerminateConnectionsAsync();
        }
        await sending;

        await ShowsOneEffectEach(house, works);
    }

    [Fact]
    public async Task To_the_broker_costs_time_and_no_message()
    {
        await using var house = await MessagingTestHost.On(TestInfrastructure.Servers, Patient);
        house.Script.OnWork = Record;
        var works = Enumerable.Range(0, 300).Select(_ => new Work()).ToList();

        foreach (var work in works)
            await house.Rabbit!.PublishJsonAsync("work",
                $$"""{ "messageId": "{{NewId.NextGuid()}}", "messageType": ["{{MessageUrn.ForTypeString<Work>()}}"], "message": { "workId": "{{work.WorkId}}" } }""",
                properties => properties.ContentType = "application/vnd.masstransit+json");
        await house.Rabbit!.CloseConnectionsAsync(atLeast: 2);

        await ShowsOneEffectEach(house, works);
    }

    [Fact]
    public async Task During_the_commit_is_found_out_by_the_retry()
    {
        await using var house = await MessagingTestHost.On(TestInfrastructure.Servers, options =>
        {
            Patient(options);
            options.Relays = true;
            options.Concurrency = 4;
        });
        house.Script.OnWork = Record;
        var works = Enumerable.Range(0, 200).Select(_ => new Work()).ToList();
        var sending = Task.WhenAll(works.Select(work => house.Send(work)));

        // Cut at any moment of some hundred transactions: among them are some whose commit was on its way.
        for (var cut = 1; cut <= 8; cut++)
        {
            var target = cut * 15;
            await Eventually.IsTrue(() => house.Script.Works >= target, $"{target} works begun");
            house.PostgresRelay!.Reset();
        }
        await sending;

        await ShowsOneEffectEach(house, works);
    }

    [Theory, InlineData(TestInfrastructure.Servers), InlineData(TestInfrastructure.Embedded)]
    public async Task With_the_answer_to_a_consumers_commit_delays_no_message(TestInfrastructure ground)
    {
        var answers = new LostAnswers();
        await using var house = await MessagingTestHost.On(ground, options => NobodySweeps(options, answers));
        house.Script.OnWork = async (context, db, publish) =>
        {
            await Record(context, db, publish);
            answers.LoseNext();
        };

        await house.Send(new Work());

        await house.UntilDone(1);
        await house.UntilOutboxIsEmpty();
        answers.Lost.ShouldBe(1);
        house.Script.Works.ShouldBe(1);
        house.Script.Faults.ShouldBeEmpty();
    }

    [Theory, InlineData(TestInfrastructure.Servers), InlineData(TestInfrastructure.Embedded)]
    public async Task With_the_answer_to_a_save_delays_no_message(TestInfrastructure ground)
    {
        var answers = new LostAnswers();
        await using var house = await MessagingTestHost.On(ground, options => NobodySweeps(options, answers));

        await house.InScope(async scope =>
        {
            await scope.GetRequiredService<IPublishEndpoint>().Publish(new Done { Number = 1 });
            await scope.GetRequiredService<IPublishEndpoint>().Publish(new Done { Number = 2 });
            answers.LoseNext();
            await Should.ThrowAsync<IOException>(() => scope.GetRequiredService<ShopDbContext>().SaveChangesAsync());
        });

        await house.UntilDone(2);
        await house.UntilOutboxIsEmpty();
        house.Script.Done.Select(done => done.Message.Number).Order().ShouldBe([1, 2]);
    }

    [Fact]
    public async Task That_is_still_lost_when_the_commit_is_asked_for_delays_the_messages_only_until_it_is_back()
    {
        var answers = new LostAnswers();
        await using var house = await MessagingTestHost.On(TestInfrastructure.Servers, options =>
        {
            NobodySweeps(options, answers);
            options.Relays = true;
        });
        answers.OnLost = () => house.PostgresRelay!.Cut();

        await house.InScope(async scope =>
        {
            await scope.GetRequiredService<IPublishEndpoint>().Publish(new Done { Number = 1 });
            await scope.GetRequiredService<IPublishEndpoint>().Publish(new Done { Number = 2 });
            answers.LoseNext();
            await Should.ThrowAsync<IOException>(() => scope.GetRequiredService<ShopDbContext>().SaveChangesAsync());
        });
        await Eventually.IsTrue(() => house.Log.Any(line => line.StartsWith("Whether outbox", StringComparison.Ordinal)), "the table was asked in vain");
        house.PostgresRelay!.Restore();

        await house.UntilDone(2);
        await house.UntilOutboxIsEmpty();
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Inside_a_consumer_that_hides_it_takes_everything_back(bool savesItself)
    {
        await using var house = await MessagingTestHost.On(TestInfrastructure.Servers);
        var tries = 0;
        house.Script.OnWork = async (context, db, publish) =>
        {
            await Record(context, db, publish);
            if (Interlocked.Increment(ref tries) > 1) return;

            await Should.ThrowAsync<Exception>(() => db.Database.ExecuteSqlRawAsync("SELECT pg_terminate_backend(pg_backend_pid())"));
            // EF would open a new connection for this, and save outside of the transaction.
            if (savesItself) await db.SaveChangesAsync();
        };
        var (work, messageId) = (new Work(), NewId.NextGuid());

        await house.Send(work, messageId);
        await house.UntilDone(1);
        await house.Send(work, messageId);

        await ShowsOneEffectEach(house, [work]);
        tries.ShouldBe(2);
    }

    /// <summary>Nobody who works on has heard of it: what was read last came through, or its failure was swallowed on the way.</summary>
    [Theory, InlineData("a save in it"), InlineData("its commit"), InlineData("its rollback")]
    public async Task That_a_transaction_finds_out_late_is_told_as_what_it_is(string what)
    {
        await using var house = await MessagingTestHost.On(TestInfrastructure.Servers, options => options.Relays = true);

        await house.InScope(async scope =>
        {
            var db = scope.GetRequiredService<ShopDbContext>();
            await using var transaction = await db.Database.BeginTransactionAsync();
            await db.ParcelEvents.CountAsync();
            house.PostgresRelay!.Cut();
            using (var unheard = db.Database.GetDbConnection().CreateCommand())
            {
                unheard.CommandText = "SELECT 1";
                await Should.ThrowAsync<NpgsqlException>(unheard.ExecuteNonQueryAsync());
            }

            db.ParcelEvents.Add(new ParcelEvent { ParcelId = Guid.NewGuid(), Text = "saved" });
            if (what == "its rollback")
                await transaction.RollbackAsync();
            else
                DatabaseFailures.Of(await Should.ThrowAsync<Exception>(what == "its commit" ? transaction.CommitAsync() : db.SaveChangesAsync()))
                    .ShouldBe(DatabaseFailure.Away);
        });
    }

    private static void NobodySweeps(HouseOptions options, LostAnswers answers)
    {
        options.Outbox = outbox =>
        {
            outbox.QueryDelay = TimeSpan.FromHours(1);
            outbox.UseBusOutbox(delivery => delivery.MessageDeliveryTimeout = TimeSpan.FromHours(1));
        };
        options.Services = services => services
            .ConfigureDbContext<PostgresShopDbContext>(db => db.AddInterceptors(answers))
            .ConfigureDbContext<SqliteShopDbContext>(db => db.AddInterceptors(answers));
    }

    private static void Patient(HouseOptions options) => options.Retry = retry => retry.Interval(20, TimeSpan.FromMilliseconds(100));

    private static async Task Record(ConsumeContext<Work> context, ShopDbContext db, IPublishEndpoint publish)
    {
        db.ParcelEvents.Add(new ParcelEvent { ParcelId = context.Message.WorkId, Text = "worked" });
        await publish.Publish(new Done { WorkId = context.Message.WorkId });
    }

    private static async Task ShowsOneEffectEach(MessagingTestHost house, List<Work> works)
    {
        await Eventually.IsTrue(() => house.Script.Done.Select(done => done.Message.WorkId).Distinct().Count() == works.Count, "all works are told",
            TimeSpan.FromSeconds(60));
        await house.UntilOutboxIsEmpty();
        var effects = await house.Read(db => db.ParcelEvents.AsNoTracking().Select(row => row.ParcelId).ToListAsync());
        effects.Order().ShouldBe(works.Select(work => work.WorkId).Order());
        (await house.Rabbit!.ReadyAsync("work_error") ?? 0).ShouldBe(0);
    }
}
