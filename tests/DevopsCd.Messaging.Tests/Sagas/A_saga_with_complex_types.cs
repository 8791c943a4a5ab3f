using System.Collections.Concurrent;
using System.Data;
using DevopsCd.Messaging.Tests.Houses;
using DevopsCd.Testing;
using MassTransit.EntityFrameworkCoreIntegration;
using MassTransit.EntityFrameworkCoreIntegration.Saga;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.Extensions.Logging;

namespace DevopsCd.Messaging.Tests.Sagas;

/// <summary>Parts of a saga's row that are values of their own, as a stage of a batch is one.</summary>
public sealed class A_saga_with_complex_types
{
    [Fact]
    public async Task Is_read_by_the_plain_command_on_PostgreSQL_as_EF_reads_it()
    {
        await using var database = await PostgresDatabase.CreateAsync();

        await Is_read_as_EF_reads_it(() => new Harbour(options => options.UseNpgsql(database.ConnectionString)));
    }

    [Fact]
    public async Task Is_read_by_the_plain_command_on_SQLite_as_EF_reads_it()
    {
        await using var connection = new SqliteConnection("Data Source=:memory:");
        await connection.OpenAsync();

        await Is_read_as_EF_reads_it(() => new Harbour(options => options.UseSqlite(connection)));
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task Is_locked_where_EF_reads_it(bool isTracked)
    {
        await using var database = await PostgresDatabase.CreateAsync();
        var id = NewId.NextGuid();
        Harbour Open() => new(options => options.UseNpgsql(database.ConnectionString));
        await using (var db = Open())
        {
            await db.Database.EnsureCreatedAsync();
            db.Add(new Barge { CorrelationId = id, Out = new Leg { Stops = 2 } });
            await db.SaveChangesAsync();
        }

        await using var one = Open();
        if (isTracked)
            await one.Set<Barge>().SingleAsync();
        await using var transaction = await one.Database.BeginTransactionAsync();
        var read = await new PessimisticSagaRepositoryLockStrategy<Barge>(ProviderLockStatementProvider.Instance,
            barges => barges.Where(barge => barge.State != ""), IsolationLevel.ReadCommitted)
            .LoadAsync(one, id, CancellationToken.None);

        read.ShouldNotBeNull().Out.ShouldBe(new Leg { Stops = 2 });
        await using var other = Open();
        (await other.Database.ExecuteSqlAsync(
            $"""UPDATE "Barge" SET "State" = 'Sunk' WHERE "Id" IN (SELECT "Id" FROM "Barge" FOR UPDATE SKIP LOCKED)""")).ShouldBe(0);
    }

    [Fact]
    public async Task Is_locked_by_any_of_its_unique_properties()
    {
        await using var database = await PostgresDatabase.CreateAsync();
        Harbour Open() => new(options => options.UseNpgsql(database.ConnectionString));
        var barge = new Barge { CorrelationId = NewId.NextGuid(), Out = new Leg { Stops = 2 } };
        await using (var db = Open())
        {
            await db.Database.EnsureCreatedAsync();
            db.Add(barge);
            await db.SaveChangesAsync();
        }

        await using var one = Open();
        await using var transaction = await one.Database.BeginTransactionAsync();
        var read = (await one.LockInstanceAsync<Barge>(nameof(Barge.Id), barge.Id, CancellationToken.None)).ShouldNotBeNull();
        read.Out = read.Out with { Stops = 5 };

        (await one.LockInstanceAsync<Barge>(nameof(Barge.CorrelationId), barge.CorrelationId, CancellationToken.None)).ShouldBeSameAs(read,
            "it is tracked, and keeps its change");
        (await one.LockInstanceAsync<Barge>(nameof(Barge.Id), barge.Id + 1, CancellationToken.None)).ShouldBeNull();
        await using var other = Open();
        (await other.Database.ExecuteSqlAsync(
            $"""UPDATE "Barge" SET "State" = 'Sunk' WHERE "Id" IN (SELECT "Id" FROM "Barge" FOR UPDATE SKIP LOCKED)""")).ShouldBe(0);
        await Should.ThrowAsync<InvalidOperationException>(() => other.LockInstanceAsync<Barge>(nameof(Barge.Id), barge.Id, CancellationToken.None));
    }

    [Fact]
    public void Is_left_to_EF_aloud_where_a_query_adds_something()
    {
        var log = new ConcurrentQueue<string>();
        using var db = new FilteredHarbour(options => Watched(options, log));

        Reader(db).ShouldBeNull();

        log.ShouldContain("Barge is read by queries, which is slower: it has a query filter");
    }

    [Fact]
    public void Is_left_to_EF_aloud_where_a_part_may_be_absent()
    {
        var log = new ConcurrentQueue<string>();
        using var db = new TuggedHarbour(options => Watched(options, log));

        Reader(db).ShouldBeNull();

        log.ShouldContain("Barge is read by queries, which is slower: Barge.Tug is optional, a list, JSON or cannot be set");
    }

    private static async Task Is_read_as_EF_reads_it(Func<Harbour> open)
    {
        var (id, since) = (NewId.NextGuid(), new DateTime(2026, 11, 30, 4, 0, 0, DateTimeKind.Utc));
        await using (var db = open())
        {
            await db.Database.EnsureCreatedAsync();
            db.Add(new Barge { CorrelationId = id, Out = new Leg { Stops = 2, Since = since, Load = new Load(7, "coal") } });
            await db.SaveChangesAsync();
        }

        await using (var db = open())
        {
            await using var transaction = await db.Database.BeginTransactionAsync();
            var read = (await Reader(db).ShouldNotBeNull().LockAsync(db, id, null, CancellationToken.None)).ShouldNotBeNull();
            read.Out.ShouldBe(new Leg { Stops = 2, Since = since, Load = new Load(7, "coal") });
            read.Home.ShouldBe(new Leg());
            db.ChangeTracker.HasChanges().ShouldBeFalse("what was only read has not changed");
            read.Home = read.Home with { Stops = 3, Load = new Load(1, "sand") };
            await db.SaveChangesAsync();
            await transaction.CommitAsync();
        }

        await using var later = open();
        var stored = await later.Set<Barge>().AsNoTracking().SingleAsync();
        (stored.Out, stored.Home).ShouldBe(
            (new Leg { Stops = 2, Since = since, Load = new Load(7, "coal") }, new Leg { Stops = 3, Load = new Load(1, "sand") }));
    }

    private static void Watched(DbContextOptionsBuilder options, ConcurrentQueue<string> log) =>
        options.UseSqlite("Data Source=:memory:").UseLoggerFactory(LoggerFactory.Create(logging => logging.AddProvider(new TestLog(log))));

    private static SagaReader<Barge>? Reader(DbContext db) => SagaReader<Barge>.For(db, ProviderLockStatementProvider.Instance);

    private sealed class Barge : SagaStateMachineInstance
    {
        public long Id { get; set; }

        public Guid CorrelationId { get; set; }

        public string State { get; set; } = "Initial";

        public Leg Out { get; set; } = new();

        public Leg Home { get; set; } = new();

        public Leg? Tug { get; set; }
    }

    private sealed record Leg
    {
        public int Stops { get; init; }

        public DateTime? Since { get; init; }

        public Load Load { get; init; }
    }

    private readonly record struct Load(int Tons, string? Of);

    private class Harbour(Action<DbContextOptionsBuilder> configure) : DbContext
    {
        protected override void OnConfiguring(DbContextOptionsBuilder optionsBuilder) => configure(optionsBuilder);

        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<Barge>(barge =>
        {
            barge.ComplexProperty(row => row.Out, leg => leg.ComplexProperty(part => part.Load));
            barge.ComplexProperty(row => row.Home, leg => leg.ComplexProperty(part => part.Load));
            Tug(barge);
        });

        protected virtual void Tug(EntityTypeBuilder<Barge> barge) => barge.Ignore(row => row.Tug);
    }

    private sealed class FilteredHarbour(Action<DbContextOptionsBuilder> configure) : Harbour(configure)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            base.OnModelCreating(modelBuilder);
            modelBuilder.Entity<Barge>().HasQueryFilter(row => row.State != "Sunk");
        }
    }

    private sealed class TuggedHarbour(Action<DbContextOptionsBuilder> configure) : Harbour(configure)
    {
        protected override void Tug(EntityTypeBuilder<Barge> barge) => barge.ComplexProperty(row => row.Tug, leg =>
        {
            leg.IsRequired(false);
            leg.Ignore(part => part!.Load);
        });
    }
}
