using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Bench;

public sealed class BenchDb(DbContextOptions<BenchDb> options) : DbContext(options)
{
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<BenchSaga>(saga =>
        {
            saga.ToTable("bench_saga", table => table.ExcludeFromMigrations());
            saga.HasKey(row => row.CorrelationId);
            saga.Property(row => row.CorrelationId).HasColumnName("correlation_id");
            saga.Property(row => row.CurrentState).HasColumnName("current_state");
            saga.Property(row => row.Step).HasColumnName("step");
            saga.Property(row => row.ChangedAt).HasColumnName("changed_at");
        });
        modelBuilder.Entity<BenchAudit>(audit =>
        {
            audit.ToTable("bench_audit", table => table.ExcludeFromMigrations());
            audit.Property(row => row.Id).HasColumnName("id").UseIdentityAlwaysColumn();
            audit.Property(row => row.SagaId).HasColumnName("saga_id");
            audit.Property(row => row.Step).HasColumnName("step");
            audit.Property(row => row.At).HasColumnName("at");
        });
        modelBuilder.AddTransactionalOutboxEntities();
    }
}
