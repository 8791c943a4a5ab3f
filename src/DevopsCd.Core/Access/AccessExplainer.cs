using DevopsCd.Contracts.Api;

namespace DevopsCd.Core.Access;

/// <summary>Says what somebody may do in a project and by which bindings: the answers of the same table that decides.</summary>
internal sealed class AccessExplainer(AccessRights rights)
{
    /// <param name="subject">Who.</param>
    /// <param name="permission">The permission; null for all of them.</param>
    /// <param name="project">The project, or <see cref="Projects.All" /> for what concerns all of them.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<AccessExplanation> ExplainAsync(Subject subject, string? permission, string project, CancellationToken cancellationToken)
    {
        var table = await rights.PresentAsync(cancellationToken);
        return new AccessExplanation
        {
            Subject = subject.Id,
            Groups = [.. subject.Groups],
            Project = project,
            Permissions = [.. (permission is null ? Permissions.All : [permission]).Select(p => Explain(table, subject, p, project))]
        };
    }

    private static PermissionExplanation Explain(BindingTable table, Subject subject, string permission, string project)
    {
        var allowed = table.Allows(subject, permission, project);
        return new PermissionExplanation
        {
            Permission = permission,
            Allowed = allowed,
            Bindings =
            [
                .. table.Why(subject, permission, project)
                    .Select(b => new BindingView { Subject = b.Subject, Role = b.Role, Project = b.Project, Source = b.Source })
            ],
            GrantedBy = allowed ? null : table.Who(Permissions.AccessManage, project)
        };
    }
}
