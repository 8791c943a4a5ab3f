using System.Text;
using DevopsCd.Core.Data;
using DevopsCd.Core.Intake.Webhooks;
using DevopsCd.Core.Tests.Engines;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace DevopsCd.Core.Tests.Intake;

public sealed class A_store_of_deliveries
{
    private static readonly FakeTimeProvider s_noon = new(new DateTimeOffset(2026, 3, 2, 12, 0, 0, TimeSpan.Zero));

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task Keeps_what_comes_together_once_and_as_it_is(string provider)
    {
        await using var database = await TestDatabase.Create(provider);
        await using var services = Services(database);
        using var store = await Start(services, s_noon);

        await Task.WhenAll(((string[])["d-1", "d-2", "d-1", "d-3"]).Select(id => store.StoreAsync(Delivery(id), Stop)));

        var rows = await Rows(database);
        rows.Select(r => r.DeliveryId).ShouldBe(["d-1", "d-2", "d-3"], ignoreOrder: true);
        rows.ShouldAllBe(r => r.Source == "github" && r.Status == DeliveryStatus.Pending && r.Attempts == 0 && r.Outcome == null && r.ProcessedAt == null);
        rows.ShouldAllBe(r => r.ReceivedAt == s_noon.GetUtcNow() && r.NextAttemptAt == s_noon.GetUtcNow() && r.Headers == "{\"X\":\"ü\"}"
            && Encoding.UTF8.GetString(r.Body) == $"body of {r.DeliveryId}");
    }

    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task Keeps_another_body_under_a_known_id_beside_the_first(string provider)
    {
        await using var database = await TestDatabase.Create(provider);
        await using var services = Services(database);
        using var store = await Start(services, s_noon);

        await Task.WhenAll(store.StoreAsync(Delivery("d-1"), Stop), store.StoreAsync(Delivery("d-1", "failed"), Stop));
        await store.StoreAsync(Delivery("d-1", "success"), Stop);
        await store.StoreAsync(Delivery("d-1", "success"), Stop);

        (await Rows(database)).Select(r => Encoding.UTF8.GetString(r.Body)).ShouldBe(["body of d-1", "failed", "success"], ignoreOrder: true);
    }

    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task Takes_up_again_what_came_to_nothing_and_nothing_else(string provider)
    {
        await using var database = await TestDatabase.Create(provider);
        await using var services = Services(database);
        using var store = await Start(services, s_noon);
        var statuses = Enum.GetValues<DeliveryStatus>();
        await Task.WhenAll(statuses.Select(status => store.StoreAsync(Delivery($"{status}"), Stop)));
        await using (var db = database.Open())
        {
            foreach (var row in await db.Set<WebhookDelivery>().ToListAsync(Stop))
                (row.Status, row.Attempts) = (Enum.Parse<DeliveryStatus>(row.DeliveryId), 3);
            await db.SaveChangesAsync(Stop);
        }

        await Task.WhenAll(statuses.Select(status => store.StoreAsync(Delivery($"{status}"), Stop)));

        foreach (var row in await Rows(database))
            (row.Status, row.Attempts).ShouldBe(row.DeliveryId is "Failed" or "Ignored" or "Unmatched" ? (DeliveryStatus.Pending, 0)
                : (Enum.Parse<DeliveryStatus>(row.DeliveryId), 3), row.DeliveryId);
    }

    [Theory, InlineData(200, false), InlineData(201, true)]
    public async Task Lets_reading_wait_while_they_come_by_the_hundred(int together, bool pressed)
    {
        var clock = new FakeTimeProvider();
        await using var database = await TestDatabase.Create("sqlite");
        await using var services = Services(database);
        using var store = await Start(services, clock);

        await Task.WhenAll(Enumerable.Range(0, together).Select(i => store.StoreAsync(Delivery($"d-{i}"), Stop)));
        store.IsPressed.ShouldBe(pressed);

        clock.Advance(TimeSpan.FromSeconds(2));
        store.IsPressed.ShouldBeFalse();
    }

    private static ServiceProvider Services(TestDatabase database) =>
        new ServiceCollection().AddScoped<CdDbContext>(_ => database.Open()).BuildServiceProvider();

    private static async Task<DeliveryStore> Start(ServiceProvider services, TimeProvider clock)
    {
        var store = new DeliveryStore(services.GetRequiredService<IServiceScopeFactory>(), new WakeSignal<WebhookDelivery>(), clock,
            NullLogger<DeliveryStore>.Instance);
        await store.StartAsync(Stop);
        return store;
    }

    private static WebhookDelivery Delivery(string id, string? content = null)
    {
        var body = Encoding.UTF8.GetBytes(content ?? $"body of {id}");
        return new()
        {
            Source = "github",
            DeliveryId = id,
            ReceivedAt = s_noon.GetUtcNow(),
            Headers = "{\"X\":\"ü\"}",
            Body = body,
            BodyHash = WebhookDelivery.HashOf(body),
        };
    }

    private static async Task<List<WebhookDelivery>> Rows(TestDatabase database)
    {
        await using var db = database.Open();
        return await db.Set<WebhookDelivery>().AsNoTracking().ToListAsync(Stop);
    }
}
