using DevopsCd.Core.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Core.Evidence;

/// <summary>Services of this room.</summary>
internal static class EvidenceRegistration
{
    public static IServiceCollection AddEvidence(this IServiceCollection services, EvidenceOptions options) =>
        services.AddSingleton(options).AddScoped<EvidenceBook>();
}
