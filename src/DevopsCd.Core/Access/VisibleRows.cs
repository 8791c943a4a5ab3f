namespace DevopsCd.Core.Access;

/// <summary>Queries that find only what somebody may view.</summary>
internal static class VisibleRows
{
    public static IQueryable<Application> In(this IQueryable<Application> applications, Visible visible) =>
        visible.All ? applications : applications.Where(a => visible.Projects.Contains(a.Project));

    /// <summary>A batch that spans projects is seen by who sees all of them.</summary>
    public static IQueryable<Batch> In(this IQueryable<Batch> batches, Visible visible) => visible.All ? batches : batches.Where(b =>
        (b.Project != null ? visible.Projects.Contains(b.Project) : b.Releases.Any() || visible.Projects.Contains(Application.DefaultProject))
        && b.Releases.All(r => visible.Projects.Contains(r.App.Project)));

    /// <summary>A build of no registered application belongs to the default project.</summary>
    public static IQueryable<Build> In(this IQueryable<Build> builds, Visible visible) => visible.All ? builds : builds.Where(b =>
        b.Application == null ? visible.Projects.Contains(Application.DefaultProject) : visible.Projects.Contains(b.Application.Project));
}
