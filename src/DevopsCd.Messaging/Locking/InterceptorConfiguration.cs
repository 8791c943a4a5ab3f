using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>Gives every DbContext of the container our interceptors, under whatever type it is registered.</summary>
internal sealed class InterceptorConfiguration<TContext>(SqliteSaveInterceptor saves, LostTransactionInterceptor lost) : IDbContextOptionsConfiguration<TContext>
    where TContext : DbContext
{
    public void Configure(IServiceProvider serviceProvider, DbContextOptionsBuilder optionsBuilder) => optionsBuilder.AddInterceptors(saves, lost);
}
