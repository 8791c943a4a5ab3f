using MassTransit.EntityFrameworkCoreIntegration;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Messaging.Tests.Sagas;

public sealed class A_property_stored_as_JSON
{
    [Fact]
    public async Task Is_read_as_it_was_and_noticed_when_it_changes_inside()
    {
        await using var connection = new SqliteConnection("Data Source=:memory:");
        await connection.OpenAsync();
        await using var context = new Depot(connection);
        await context.Database.EnsureCreatedAsync();
        context.Add(new Tram { Id = 1, Stops = ["north"], Delays = new() { ["north"] = 3 } });
        await context.SaveChangesAsync();

        var tram = await context.Trams.SingleAsync();
        tram.Stops!.Add("south");
        await context.SaveChangesAsync();

        await using var later = new Depot(connection);
        var read = await later.Trams.SingleAsync();
        read.Stops.ShouldBe(["north", "south"]);
        read.Delays["north"].ShouldBe(3);
        (await later.SaveChangesAsync()).ShouldBe(0, "what was only read has not changed");
    }

    private sealed class Tram
    {
        public int Id { get; set; }

        public List<string>? Stops { get; set; }

        public Dictionary<string, int> Delays { get; set; } = [];
    }

    private sealed class Depot(SqliteConnection connection) : DbContext
    {
        public DbSet<Tram> Trams => Set<Tram>();

        protected override void OnConfiguring(DbContextOptionsBuilder optionsBuilder) => optionsBuilder.UseSqlite(connection);

        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<Tram>(tram =>
        {
            tram.Property(t => t.Stops).HasJsonConversion();
            tram.Property(t => t.Delays).HasJsonConversion();
        });
    }
}
