using MassTransit.EntityFrameworkCoreIntegration;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Messaging.Tests.Houses;

/// <summary>The context services inject; which database it is on is decided by a subclass.</summary>
public abstract class ShopDbContext(DbContextOptions options) : DbContext(options)
{
    private static readonly string[] s_states = ["Initial", "Final", "Moving", "Closed"];

    public DbSet<Parcel> Parcels => Set<Parcel>();

    public DbSet<ParcelEvent> ParcelEvents => Set<ParcelEvent>();

    public DbSet<OutboxMessage> Outbox => Set<OutboxMessage>();

    public DbSet<OutboxState> OutboxStates => Set<OutboxState>();

    public DbSet<InboxState> Inbox => Set<InboxState>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.AddTransactionalOutboxEntities();
        modelBuilder.Entity<Parcel>(parcel =>
        {
            parcel.ToTable("parcels");
            parcel.Property(row => row.Id).HasColumnName("id");
            parcel.Property(row => row.CorrelationId).HasColumnName("correlation_id");
            parcel.HasIndex(row => row.CorrelationId).IsUnique();
            parcel.Property(row => row.State).HasColumnName("status")
                .HasConversion(name => (short)Array.IndexOf(s_states, name), code => s_states[code]);
        });
    }
}

public sealed class PostgresShopDbContext(DbContextOptions<PostgresShopDbContext> options) : ShopDbContext(options);

public sealed class SqliteShopDbContext(DbContextOptions<SqliteShopDbContext> options) : ShopDbContext(options);
