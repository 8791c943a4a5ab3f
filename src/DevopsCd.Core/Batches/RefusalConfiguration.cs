using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Core.Batches;

/// <summary>Puts <see cref="RefusalFilter" /> around an endpoint.</summary>
internal static class RefusalConfiguration
{
    public static void UseRefusals(this IReceiveEndpointConfigurator endpoint, IRegistrationContext context) =>
        endpoint.UseFilter(context.GetRequiredService<RefusalFilter>());
}
