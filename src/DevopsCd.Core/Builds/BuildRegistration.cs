using DevopsCd.Contracts;
using DevopsCd.Core.Configuration;
using DevopsCd.Core.Data;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Core.Builds;

/// <summary>Services of this room.</summary>
internal static class BuildRegistration
{
    public static IServiceCollection AddBuilds(this IServiceCollection services, RetentionOptions retention) => services
        .AddScoped<BuildIntake>()
        .AddScoped<BuildQueries>()
        .AddRetention("Old builds", retention.Builds?.Value, Old);

    /// <summary>What batches have or had is their history, and the newest of a branch is what the next batch gets.</summary>
    private static IQueryable<Build> Old(CdDbContext db, DateTimeOffset before) => db.Builds.Where(b => b.ReceivedAt < before
        && !db.Releases.Any(r => r.BuildId == b.Id || r.LatestBuildId == b.Id)
        && db.Builds.Any(newer => newer.ApplicationName == b.ApplicationName && newer.Branch == b.Branch && newer.BuildStatus == BuildStatus.Success
            && !newer.Superseded && (newer.OrderedAt > b.OrderedAt || (newer.OrderedAt == b.OrderedAt && newer.Id > b.Id))));
}
