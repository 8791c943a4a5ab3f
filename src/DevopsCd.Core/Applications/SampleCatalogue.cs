using DevopsCd.Contracts;
using DevopsCd.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Applications;

/// <summary>Six applications in three layers of dependencies with a build each, for a first look. Only into an empty catalogue.</summary>
internal sealed class SampleCatalogue(CdDbContext db, TimeProvider clock) : IFirstContent
{
    private static readonly (string Name, string Type, string[] DependsOn)[] s_applications =
    [
        ("user-service", "service", []),
        ("product-service", "service", []),
        ("order-service", "service", ["user-service", "product-service"]),
        ("payment-service", "service", ["user-service"]),
        ("web-shop", "frontend", ["order-service", "payment-service"]),
        ("admin-console", "frontend", ["order-service"]),
    ];

    public async Task FillAsync(CancellationToken cancellationToken)
    {
        // One that people have emptied stays empty.
        if (await db.Set<Application>().AnyAsync(cancellationToken))
            return;
        var now = clock.GetUtcNow();
        foreach (var (name, type, dependsOn) in s_applications)
        {
            var application = new Application
            {
                Name = name,
                AppType = type,
                Repository = $"https://git.example/shop/{name}",
                DependsOn = [.. dependsOn],
                CreatedAt = now
            };
            foreach (var stage in Stages.Forward)
                application.Targets.Add(new ApplicationTarget
                {
                    Stage = stage,
                    Cluster = stage == Stage.Pre ? "staging" : "production",
                    Namespace = "shop",
                    WorkloadKind = "Deployment",
                    WorkloadName = name,
                    Container = name,
                    Strategy = "rolling"
                });
            db.Add(application);
            db.Builds.Add(new Build
            {
                Application = application,
                ApplicationName = name,
                BuildNumber = "1",
                RunNumber = "1",
                Branch = application.DefaultBranch,
                CommitId = "0000001",
                CommitMessage = "First version",
                ImageName = $"registry.example/shop/{name}",
                ImageTag = "1.0.0",
                BuildStatus = BuildStatus.Success,
                Source = "sample",
                FinishedAt = now,
                OrderedAt = now,
                ReceivedAt = now
            });
        }
        await db.SaveChangesAsync(cancellationToken);
    }
}
