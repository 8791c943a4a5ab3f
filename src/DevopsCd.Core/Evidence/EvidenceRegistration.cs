using DevopsCd.Core.Configuration;
using DevopsCd.Core.Data;
using DevopsCd.Core.Observability;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Core.Evidence;

/// <summary>Services of this room.</summary>
internal static class EvidenceRegistration
{
    public static IServiceCollection AddEvidence(
        this IServiceCollection services, EvidenceOptions options, ArchiveOptions archive, RetentionOptions retention)
    {
        services.AddSingleton(options).AddSingleton(archive).AddScoped<EvidenceBook>();
        if (archive.Folder is null)
            return services;
        services.AddWorkWatch().AddSingleton<EvidenceArchive>().AddHostedService(provider => provider.GetRequiredService<EvidenceArchive>());
        return services.AddRetention("Old operations", retention.Operations?.Value, Old);
    }

    /// <summary>Operations of batches that ended before a time and are archived, which nobody works on any more.</summary>
    private static IQueryable<Deployment> Old(CdDbContext db, DateTimeOffset before) => db.Deployments
        .Where(d => d.NextActionAt == null && !d.MayRun && db.Set<ArchivedBatch>().Any(a => a.BatchId == d.BatchId)
            && db.EndedBatches(before).Any(b => b.Id == d.BatchId));
}
