using Microsoft.EntityFrameworkCore;

namespace MassTransit.QuartzIntegration;

internal sealed class DbContextTransactionSource<TDbContext>(TDbContext db) : IScheduleTransactionSource
    where TDbContext : DbContext
{
    public DbContext? Current => db.Database.CurrentTransaction is null ? null : db;
}
