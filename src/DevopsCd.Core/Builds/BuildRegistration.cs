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

    /// <summary>
    /// What batches have or had is their history, and the newest of a branch is what the next batch gets. The newest is the first of an index; whether
    /// any is newer would be looked for among those that have just been removed.
    /// </summary>
    private static IQueryable<Build> Old(CdDbContext db, DateTimeOffset before) => db.Builds.Where(b => b.ReceivedAt < before
        && !db.Releases.Any(r => r.BuildId == b.Id) && !db.Releases.Any(r => r.LatestBuildId == b.Id)
        && (db.Builds
            .Where(n => n.ApplicationName == b.ApplicationName && n.Branch == b.Branch && n.OrderedAt >= b.OrderedAt
                && n.BuildStatus == BuildStatus.Success && !n.Superseded)
            .OrderByDescending(n => n.OrderedAt).ThenByDescending(n => n.Id).Select(n => (long?)n.Id).FirstOrDefault() ?? b.Id) != b.Id);
}
