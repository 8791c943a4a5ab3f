using DevopsCd.Bench;
using DevopsCd.Testing;
using MassTransit.EntityFrameworkCoreIntegration;
using MassTransit.Mediator;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace DevopsCd.Messaging.Tests.Sagas;

/// <summary>A scope that says what the decision about a message will ask for.</summary>
public sealed class What_is_read_with_the_lock
{
    [Fact]
    public async Task Costs_no_round_trip_of_its_own()
    {
        await using var database = await PostgresDatabase.CreateAsync();
        var address = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        using var relay = new CountingRelay(address.Host!, address.Port);
        (address.Host, address.Port, address.SslMode) = ("127.0.0.1", relay.Port, SslMode.Disable);
        await using var services = Services(options => options.UseNpgsql(address.ConnectionString));
        var id = await FillAsync(services);
        await SendAsync(services, id);
        var before = relay.RoundTrips;

        await SendAsync(services, id);

        (relay.RoundTrips - before).ShouldBe(3, "lock and reads, save, commit");
        (await LoadedAsync(services)).ShouldBe(2 * 6);
    }

    [Fact]
    public async Task Is_asked_for_by_the_decision_itself_where_there_are_no_batches()
    {
        using var file = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Guid.NewGuid()};Mode=Memory;Cache=Shared");
        await file.OpenAsync();
        await using var services = Services(options => options.UseSqlite(file.ConnectionString));
        var id = await FillAsync(services);

        await SendAsync(services, id);

        (await LoadedAsync(services)).ShouldBe(6);
    }

    [Fact]
    public async Task Is_nothing_where_there_is_no_instance()
    {
        await using var database = await PostgresDatabase.CreateAsync();
        await using var services = Services(options => options.UseNpgsql(database.ConnectionString));
        await FillAsync(services);

        await Should.ThrowAsync<Exception>(() => SendAsync(services, Guid.NewGuid()));

        (await LoadedAsync(services)).ShouldBe(0);
    }

    private static ServiceProvider Services(Action<DbContextOptionsBuilder> database) => new ServiceCollection()
        .AddLogging()
        .AddDbContext<HoldDb>(options => database(options))
        .AddScoped<Weights>()
        .AddScoped<IReadsWithLock<Barge>>(provider => provider.GetRequiredService<Weights>())
        .AddMediator(mediator => mediator.AddSagaStateMachine<BargeStateMachine, Barge>()
            .EntityFrameworkRepository(repository => repository.ExistingDbContext<HoldDb>()))
        .BuildServiceProvider();

    private static async Task<Guid> FillAsync(ServiceProvider services)
    {
        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<HoldDb>();
        await db.Database.EnsureCreatedAsync();
        var barge = new Barge { CorrelationId = NewId.NextGuid(), CurrentState = nameof(BargeStateMachine.Moored) };
        db.Add(barge);
        db.AddRange(Enumerable.Range(1, 3).Select(weight => new Sack { Weight = weight }));
        await db.SaveChangesAsync();
        return barge.CorrelationId;
    }

    private static async Task SendAsync(ServiceProvider services, Guid id)
    {
        await using var scope = services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<IScopedMediator>().Send(new LoadBarge { BargeId = id });
    }

    private static async Task<int> LoadedAsync(ServiceProvider services)
    {
        await using var scope = services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<HoldDb>().Set<Barge>().SumAsync(barge => barge.Loaded);
    }

    private sealed class Weights(HoldDb db) : IReadsWithLock<Barge>
    {
        private IReadOnlyList<int>? _read;

        public Action<Barge>? Add<T>(QueryBatch queries, Guid correlationId, ConsumeContext<T> context) where T : class
        {
            var weights = queries.Add(db.Set<Sack>().Select(sack => sack.Weight));
            return _ => _read = weights;
        }

        public async Task<int> SumAsync() => (_read ?? await db.Set<Sack>().Select(sack => sack.Weight).ToListAsync()).Sum();
    }

    private sealed class HoldDb(DbContextOptions<HoldDb> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            modelBuilder.Entity<Barge>().HasKey(barge => barge.CorrelationId);
            modelBuilder.Entity<Sack>();
        }
    }

    private sealed class Sack
    {
        public int Id { get; set; }

        public int Weight { get; set; }
    }

    public sealed class Barge : SagaStateMachineInstance
    {
        public Guid CorrelationId { get; set; }

        public string CurrentState { get; set; } = "";

        public int Loaded { get; set; }
    }

    public sealed record LoadBarge
    {
        public Guid BargeId { get; init; }
    }

    public sealed class BargeStateMachine : MassTransitStateMachine<Barge>
    {
        public BargeStateMachine()
        {
            InstanceState(barge => barge.CurrentState);
            Event(() => Load, e =>
            {
                e.CorrelateById(context => context.Message.BargeId);
                e.OnMissingInstance(missing => missing.Fault());
            });
            During(Moored, When(Load).ThenAsync(async context =>
                context.Saga.Loaded += await Scope(context).GetRequiredService<Weights>().SumAsync()));
        }

        public State Moored { get; } = null!;

        public Event<LoadBarge> Load { get; } = null!;

        private static IServiceProvider Scope(PipeContext context) => context.TryGetPayload<IServiceScope>(out var scope) ? scope.ServiceProvider
            : context.GetPayload<IServiceProvider>();
    }
}
