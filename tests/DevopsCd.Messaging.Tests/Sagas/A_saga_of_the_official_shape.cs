using System.Text;
using DevopsCd.Messaging.Tests.Houses;
using DevopsCd.Testing;
using MassTransit.EntityFrameworkCoreIntegration;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Messaging.Tests.Sagas;

public sealed class A_saga_of_the_official_shape
{
    public enum Locking
    {
        Pessimistic,
        PessimisticByOwnStatement,
        Optimistic,
        OptimisticWithoutTransaction,
    }

    [Theory, InlineData(Locking.Pessimistic), InlineData(Locking.PessimisticByOwnStatement), InlineData(Locking.Optimistic), InlineData(Locking.OptimisticWithoutTransaction)]
    public async Task Counts_every_stop(Locking locking)
    {
        await using var database = await PostgresDatabase.CreateAsync();
        await using var house = await MessagingTestHost.On(TestInfrastructure.Servers, options =>
        {
            options.Bus = bus => bus.AddSagaStateMachine<TramStateMachine, Tram>().EntityFrameworkRepository(repository =>
            {
                repository.UsePostgres();
                repository.CustomizeQuery(trams => trams.Include(tram => tram.Log));
                repository.AddDbContext<DbContext, TramDbContext>((_, db) => db.UseNpgsql(database.ConnectionString));
                if (locking == Locking.PessimisticByOwnStatement)
                    repository.LockStatementProvider = new SqlLockStatementProvider("public", new GentleLock());
                else if (locking == Locking.Pessimistic)
                    repository.ConcurrencyMode = ConcurrencyMode.Pessimistic;
                else
                    repository.SetOptimisticConcurrency(locking == Locking.Optimistic);
            });
            options.Endpoints = (context, transport) => transport.ReceiveEndpoint("tram", endpoint =>
            {
                endpoint.UseMessageRetry(retry => retry.Immediate(50));
                endpoint.ConcurrentMessageLimit = 8;
                endpoint.ConfigureSaga<Tram>(context);
            });
        }, beforeStart: services => services.GetRequiredService<DbContext>().Database.EnsureCreatedAsync());
        var ids = Enumerable.Range(0, 3).Select(_ => NewId.NextGuid()).ToList();

        await Task.WhenAll(ids.SelectMany(id => Enumerable.Range(0, 12).Select(_ => house.Bus.Publish(new TramStopped { TramId = id }))));

        await using var scope = house.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<DbContext>();
        var trams = await Eventually.Sees(() => db.Set<Tram>().AsNoTracking().Include(tram => tram.Log).ToListAsync(),
            all => all.Sum(tram => tram.Stops) == 36, "36 stops");
        trams.ShouldAllBe(tram => tram.Stops == 12 && tram.Log.Select(stop => stop.Number).Order().SequenceEqual(Enumerable.Range(1, 12)));
    }

    [Fact]
    public async Task Works_with_a_context_made_by_a_delegate()
    {
        await using var database = await PostgresDatabase.CreateAsync();
        var options = new DbContextOptionsBuilder<TramDbContext>().UseNpgsql(database.ConnectionString).Options;
        await using var db = new TramDbContext(options);
        await db.Database.EnsureCreatedAsync();
        await using var house = await MessagingTestHost.On(TestInfrastructure.Embedded, house =>
        {
            house.Bus = bus => bus.AddSagaStateMachine<TramStateMachine, Tram>().EntityFrameworkRepository(repository =>
                repository.DatabaseFactory(() => new TramDbContext(options)));
            house.Endpoints = (context, transport) => transport.ReceiveEndpoint("tram", endpoint =>
            {
                endpoint.UseMessageRetry(retry => retry.Immediate(50));
                endpoint.ConfigureSaga<Tram>(context);
            });
        });
        var id = NewId.NextGuid();

        await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => house.Bus.Publish(new TramStopped { TramId = id })));

        await Eventually.Sees(() => db.Set<Tram>().AsNoTracking().SingleAsync(tram => tram.CorrelationId == id), tram => tram.Stops == 12, "12 stops");
    }

    [Theory, InlineData(Locking.Pessimistic), InlineData(Locking.Optimistic)]
    public async Task Works_without_a_container(Locking locking)
    {
        await using var database = await PostgresDatabase.CreateAsync();
        var options = new DbContextOptionsBuilder<TramDbContext>().UseNpgsql(database.ConnectionString).Options;
        await using var db = new TramDbContext(options);
        await db.Database.EnsureCreatedAsync();
        var repository = locking == Locking.Pessimistic
            ? EntityFrameworkSagaRepository<Tram>.CreatePessimistic(() => new TramDbContext(options),
                queryCustomization: trams => trams.Include(tram => tram.Log))
            : EntityFrameworkSagaRepository<Tram>.CreateOptimistic(() => new TramDbContext(options), trams => trams.Include(tram => tram.Log));
        var bus = MassTransit.Bus.Factory.CreateUsingInMemory(transport => transport.ReceiveEndpoint("tram", endpoint =>
        {
            endpoint.UseMessageRetry(retry => retry.Immediate(50));
            endpoint.StateMachineSaga(new TramStateMachine(), repository);
        }));
        await bus.StartAsync();
        var id = NewId.NextGuid();

        await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => bus.Publish(new TramStopped { TramId = id })));

        await Eventually.Sees(() => db.Set<Tram>().AsNoTracking().SingleAsync(tram => tram.CorrelationId == id), tram => tram.Stops == 12, "12 stops");
        (await ((ILoadSagaRepository<Tram>)repository).Load(id)).Stops.ShouldBe(12);
        await bus.StopAsync();
    }

    /// <summary>Locks so that rows which refer to the instance can still be inserted meanwhile.</summary>
    private sealed class GentleLock : ILockStatementFormatter
    {
        public void Create(StringBuilder sb, string schema, string table) => sb.Append($"""SELECT *, xmin FROM "{schema}"."{table}" WHERE """);

        public void AppendColumn(StringBuilder sb, int index, string columnName) => sb.Append($"""{(index > 0 ? " AND " : "")}"{columnName}" = @p{index}""");

        public void Complete(StringBuilder sb) => sb.Append(" FOR NO KEY UPDATE");

        public void CreateOutboxStatement(StringBuilder sb, string schema, string table, string columnName) => throw new NotSupportedException();
    }
}
