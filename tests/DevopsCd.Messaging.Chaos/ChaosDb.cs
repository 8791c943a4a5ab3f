using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Messaging.Chaos;

internal sealed class ChaosDb(DbContextOptions<ChaosDb> options) : DbContext(options)
{
    internal static ChaosDb Open(string postgres) => new(new DbContextOptionsBuilder<ChaosDb>().UseNpgsql(postgres).Options);

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Account>().ToTable("accounts").HasKey(account => account.CorrelationId);
        modelBuilder.Entity<PokeRow>().ToTable("pokes").HasIndex(row => row.PokeId);
        modelBuilder.Entity<EffectRow>().ToTable("effects").HasIndex(row => row.PokeId);
        modelBuilder.AddTransactionalOutboxEntities();
    }
}
