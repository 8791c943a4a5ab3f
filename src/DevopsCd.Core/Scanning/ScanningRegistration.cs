using DevopsCd.Core.Configuration;
using DevopsCd.Core.Data;
using DevopsCd.Core.Observability;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Core.Scanning;

/// <summary>Services of this room.</summary>
internal static class ScanningRegistration
{
    public static IServiceCollection AddScanning(this IServiceCollection services, StorageOptions storage)
    {
        if (storage.Postgres)
            services.AddSingleton<IClusterLock, PostgresClusterLock>();
        else
            services.AddSingleton<IClusterLock, ProcessLock>().AddHostedService<ResumeAfterRestart>();
        return services.AddWorkWatch()
            .AddSingleton<StateGauges>()
            .AddHostedService(provider => provider.GetRequiredService<StateGauges>())
            .AddSingleton<CompletedScans>()
            .AddSingleton<BatchScan>()
            .AddSingleton<RefreshBuilds>()
            .AddSingleton<AskGates>()
            .AddSingleton<TriggerPreDeploy>()
            .AddSingleton<PrepareProdDeploy>()
            .AddSingleton<ExpireApprovals>()
            .AddSingleton<TellLateOperations>()
            .AddSingleton<RecoverStalledStages>();
    }
}
