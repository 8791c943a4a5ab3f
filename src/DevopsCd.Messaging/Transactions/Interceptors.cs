using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>
/// What watches over the container's contexts: saves of SQLite queue, a lost transaction is not silently replaced, commits set going what
/// waits for them, batches of queries hand out their rows.
/// </summary>
internal static class Interceptors
{
    public static void Register(IServiceCollection services)
    {
        services.TryAddSingleton<CommitInterceptor>();
        services.TryAddSingleton<LostTransactionInterceptor>();
        services.TryAddSingleton<ReadAheadInterceptor>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton(typeof(IDbContextOptionsConfiguration<>), typeof(InterceptorConfiguration<>)));
    }
}
