using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace MassTransit.QuartzIntegration;

internal sealed class DbContextTransactionSource<TDbContext>(TDbContext db) : IScheduleTransactionSource
    where TDbContext : DbContext
{
    public DbTransaction? Current => db.Database.CurrentTransaction?.GetDbTransaction();
}
