namespace DevopsCd.Core.Access;

/// <summary>
/// The one check in front of whatever somebody asks for, by whatever way: it needs the permission in every project that is concerned. Who lacks
/// it is refused with what is missing and who can give it; who may not even look is told that there is nothing.
/// </summary>
internal sealed class AccessDoor(AccessRights rights)
{
    private const int MostNamed = 5;

    /// <summary>Null when it is allowed.</summary>
    /// <param name="subject">Who asks.</param>
    /// <param name="permission">What for.</param>
    /// <param name="projects">Where: every one of them; <see cref="Projects.All" /> for what concerns no project in particular.</param>
    /// <param name="what">What is looked at, for the answer that there is none; null where hiding it makes no sense.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask<BatchRefusedException?> LookAsync(Subject subject, string permission, IReadOnlyCollection<string> projects, Sentence? what,
        CancellationToken cancellationToken)
    {
        var table = await rights.PresentAsync(cancellationToken);
        var missing = projects.Where(project => !table.Allows(subject, permission, project)).Order(StringComparer.Ordinal).ToList();
        if (missing.Count == 0)
            return null;
        if (what is not null && projects.Any(project => !table.Allows(subject, Permissions.View, project)))
            return new BatchRefusedException(RefusalKind.NotFound, what);
        return Denied(table, subject, permission, missing);
    }

    /// <summary>Whether it is allowed in every project, so that nobody need ask which are concerned.</summary>
    public async ValueTask<bool> IsAllowedEverywhereAsync(Subject subject, string permission, CancellationToken cancellationToken) =>
        (await rights.PresentAsync(cancellationToken)).Allows(subject, permission, Projects.All);

    /// <summary>The projects in which somebody has a permission.</summary>
    public async ValueTask<Visible> WhereAsync(Subject subject, string permission, CancellationToken cancellationToken) =>
        (await rights.PresentAsync(cancellationToken))
        .Where(subject, permission);

    /// <summary>The refusal for a permission that is missing.</summary>
    public static BatchRefusedException Denied(BindingTable table, Subject subject, string permission, IReadOnlyList<string> projects)
    {
        var granters = projects.Select(project => table.Who(Permissions.AccessManage, project))
            .Aggregate((all, more) => [.. all.Intersect(more, StringComparer.Ordinal)]);
        Sentence everywhere = "in all projects", somebody = "an administrator";
        var where = projects is [Projects.All] ? everywhere
            : projects is [var one] ? (Sentence)$"in project {one}" : (Sentence)$"in projects {string.Join(", ", projects)}";
        var who = granters.Count == 0 ? somebody : (Sentence)$"{string.Join(", ", granters.Take(MostNamed))}";
        return new BatchRefusedException(RefusalKind.Denied, subject.IsLetIn
            ? (Sentence)$"{subject.Id} needs the permission {permission} {where}; {who} can grant it"
            : (Sentence)$"{subject.Id} is not let in any more, and so has not the permission {permission} {where}")
        {
            Fields = new Dictionary<string, Sentence[]>
            {
                [BatchRefusedException.Permission] = [$"{permission}"],
                [BatchRefusedException.Projects] = [.. projects.Select(Sentence (project) => $"{project}")],
                [BatchRefusedException.GrantedBy] = [.. granters.Take(MostNamed).Select(Sentence (granter) => $"{granter}")]
            }
        };
    }
}
