using System.Data;
using DevopsCd.Bench;
using DevopsCd.Testing;
using MassTransit;
using MassTransit.EntityFrameworkCoreIntegration;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace DevopsCd.Messaging.Tests.Transactions;

/// <summary>Several queries, behind the lock of an instance or on their own.</summary>
public sealed class Queries_that_are_read_together
{
    private static readonly Guid s_ferry = new("5f0c7f1c-6b0e-4f59-8a53-0c9d2a4f0001");

    [Fact]
    public async Task Cost_one_round_trip_with_the_lock()
    {
        await using var database = await PostgresDatabase.CreateAsync();
        var address = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        using var relay = new CountingRelay(address.Host!, address.Port);
        (address.Host, address.Port, address.SslMode) = ("127.0.0.1", relay.Port, SslMode.Disable);
        await using var services = Services(options => options.UseNpgsql(address.ConnectionString));
        await FillAsync(services);
        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<QuayDb>();
        await using var transaction = await db.Database.BeginTransactionAsync();
        await db.Crates.CountAsync();
        var before = relay.RoundTrips;

        var queries = new QueryBatch(db);
        var heavy = queries.Add(db.Crates.Where(c => c.Weight > 1).OrderBy(c => c.Id));
        var names = queries.Add(db.Crates.OrderBy(c => c.Id).Select(c => c.Name));
        var ferry = await queries.LockInstanceAsync<Ferry>(nameof(Ferry.CorrelationId), s_ferry, CancellationToken.None);

        (relay.RoundTrips - before).ShouldBe(1);
        ferry.ShouldNotBeNull().Name.ShouldBe("Hope");
        heavy.Select(c => c.Name).ShouldBe(["b", "c"]);
        names.ShouldBe(["a", "b", "c"]);
    }

    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task Are_tracked_and_leave_the_context_as_they_found_it(string kind)
    {
        await using var database = kind == "postgres" ? await PostgresDatabase.CreateAsync() : null;
        using var file = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Guid.NewGuid()};Mode=Memory;Cache=Shared");
        await file.OpenAsync();
        await using var services = Services(options =>
            _ = database is null ? options.UseSqlite(file.ConnectionString) : options.UseNpgsql(database.ConnectionString));
        await FillAsync(services);
        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<QuayDb>();

        await db.InTransactionAsync(async () =>
        {
            var queries = new QueryBatch(db);
            var crates = queries.Add(db.Crates.Where(c => c.Name == "a" || c.Name == "b"));
            var none = queries.Add(db.Crates.Where(c => c.Name == "z"));
            (await queries.LockInstanceAsync<Ferry>(nameof(Ferry.CorrelationId), s_ferry, CancellationToken.None)).ShouldNotBeNull().Name = "Faith";
            none.ShouldBeEmpty();
            foreach (var crate in crates)
                crate.Weight += 10;
        });

        db.Database.GetDbConnection().State.ShouldBe(ConnectionState.Closed);
        await using var later = services.CreateAsyncScope();
        var again = later.ServiceProvider.GetRequiredService<QuayDb>();
        (await again.Crates.OrderBy(c => c.Id).Select(c => c.Weight).ToListAsync()).ShouldBe([11, 12, 3]);
        (await again.Ferries.SingleAsync()).Name.ShouldBe("Faith");
    }

    [Fact]
    public async Task Need_no_transaction_and_no_instance()
    {
        await using var database = await PostgresDatabase.CreateAsync();
        await using var services = Services(options => options.UseNpgsql(database.ConnectionString));
        await FillAsync(services);
        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<QuayDb>();

        var queries = new QueryBatch(db);
        var (crates, ferries) = (queries.Add(db.Crates.AsNoTracking()), queries.Add(db.Ferries.AsNoTracking()));
        await queries.ReadAsync(CancellationToken.None);

        (crates.Count, ferries.Count).ShouldBe((3, 1));
        db.Database.GetDbConnection().State.ShouldBe(ConnectionState.Closed);
        (await db.Crates.CountAsync()).ShouldBe(3, "queries after it run by themselves");
    }

    [Fact]
    public async Task Are_read_where_the_instance_does_not_exist()
    {
        await using var database = await PostgresDatabase.CreateAsync();
        await using var services = Services(options => options.UseNpgsql(database.ConnectionString));
        await FillAsync(services);
        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<QuayDb>();
        await using var transaction = await db.Database.BeginTransactionAsync();

        var queries = new QueryBatch(db);
        var crates = queries.Add(db.Crates);

        (await queries.LockInstanceAsync<Ferry>(nameof(Ferry.CorrelationId), Guid.NewGuid(), CancellationToken.None)).ShouldBeNull();
        crates.Count.ShouldBe(3);
    }

    private static ServiceProvider Services(Action<DbContextOptionsBuilder> database) => new ServiceCollection()
        .AddLogging().AddTransactionHooks().AddDbContext<QuayDb>(options => database(options)).BuildServiceProvider();

    private static async Task FillAsync(ServiceProvider services)
    {
        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<QuayDb>();
        await db.Database.EnsureCreatedAsync();
        db.Add(new Ferry { CorrelationId = s_ferry, Name = "Hope" });
        db.AddRange(new[] { "a", "b", "c" }.Select((name, index) => new Crate { Id = index + 1, Name = name, Weight = index + 1 }));
        await db.SaveChangesAsync();
    }

    private sealed class QuayDb(DbContextOptions<QuayDb> options) : DbContext(options)
    {
        public DbSet<Ferry> Ferries => Set<Ferry>();

        public DbSet<Crate> Crates => Set<Crate>();

        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            modelBuilder.Entity<Ferry>().HasKey(f => f.CorrelationId);
            modelBuilder.Entity<Crate>().Property(c => c.Id).ValueGeneratedNever();
        }
    }

    private sealed class Ferry : ISaga
    {
        public Guid CorrelationId { get; set; }

        public string Name { get; set; } = "";
    }

    private sealed class Crate
    {
        public int Id { get; set; }

        public string Name { get; set; } = "";

        public int Weight { get; set; }
    }
}
