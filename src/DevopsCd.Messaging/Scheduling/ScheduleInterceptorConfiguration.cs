using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace MassTransit.QuartzIntegration;

/// <summary>
/// Adds the interceptor to every DbContext of the container. Open generic on purpose: the order of registrations does not
/// matter, and a context registered under its base class gets it too.
/// </summary>
internal sealed class ScheduleInterceptorConfiguration<TContext>(ScheduleTransactionInterceptor interceptor) : IDbContextOptionsConfiguration<TContext>
    where TContext : DbContext
{
    public void Configure(IServiceProvider serviceProvider, DbContextOptionsBuilder optionsBuilder) =>
        optionsBuilder.AddInterceptors(interceptor);
}
