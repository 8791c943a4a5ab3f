using DevopsCd.Core.Consuming;
using DevopsCd.Core.Outbound;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace DevopsCd.Core.Gates;

/// <summary>Services of this room. A further kind of gate that is called is one file and one line here.</summary>
internal static class GateRegistration
{
    public static IServiceCollection AddGates(this IServiceCollection services, GateOptions options)
    {
        services.TryAddSingleton<OutboundNetwork>();
        return services
            .AddSingleton(options)
            .AddSingleton<IGateKind, WebhookGate>()
            .AddSingleton<IGateKind, HttpGate>()
            .AddSingleton<IGateKind, PrometheusGate>()
            .AddSingleton<GateCaller>()
            .AddScoped<GateBook>()
            .AddScoped<GateDesk>()
            .AddScoped<IMessageRights, GateAnswerRights>()
            .AddScoped<GateViews>();
    }
}
