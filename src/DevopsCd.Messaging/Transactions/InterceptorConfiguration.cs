using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Update;

namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>
/// Gives every DbContext of the container our interceptors and the executor of saves, under whatever type it is registered. Open generic on
/// purpose: the order of registrations does not matter, and a context registered under its base class gets them too.
/// </summary>
internal sealed class InterceptorConfiguration<TContext>(CommitInterceptor commits, LostTransactionInterceptor lost, ReadAheadInterceptor readAhead)
    : IDbContextOptionsConfiguration<TContext>
    where TContext : DbContext
{
    public void Configure(IServiceProvider serviceProvider, DbContextOptionsBuilder optionsBuilder) =>
        // The lost connection first: what waits for a commit is not run on one.
        optionsBuilder.AddInterceptors(lost, commits, readAhead).ReplaceService<IBatchExecutor, QueuedBatchExecutor>();
}
