using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Core.Batches;

/// <summary>Services of the scope in which a message is consumed: the same DbContext as the saga repository's.</summary>
internal static class PipeContextExtensions
{
    public static T Service<T>(this PipeContext context) where T : notnull =>
        context.TryGetPayload<IServiceScope>(out var scope)
            ? scope.ServiceProvider.GetRequiredService<T>()
            : context.GetPayload<IServiceProvider>().GetRequiredService<T>();
}
