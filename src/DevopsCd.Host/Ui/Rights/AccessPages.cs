using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Policies;
using DevopsCd.Host.Access;
using DevopsCd.Host.Ui.Viewing;

namespace DevopsCd.Host.Ui.Rights;

/// <summary>What the page of access reads and does: the API's own desk and explainer.</summary>
internal sealed class AccessPages(PageWork pages)
{
    private const int MostBindings = 1000, MostEvents = 50;

    /// <summary>Who has which role where, of the projects whose access whoever looks manages.</summary>
    /// <param name="filter">What is asked for.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="BatchRefusedException">They manage none.</exception>
    public Task<AccessView> ShowAsync(AccessFilter filter, CancellationToken cancellationToken) => pages.DoAsync(async (services, subject) =>
    {
        var door = services.GetRequiredService<AccessDoor>();
        var managed = await door.WhereAsync(subject, Permissions.AccessManage, cancellationToken);
        var mayManage = managed.All || managed.Projects.Count > 0;
        var audit = await door.WhereAsync(subject, Permissions.AuditRead, cancellationToken);
        return new AccessView(
            subject.Id,
            mayManage,
            mayManage
                ? (await services.GetRequiredService<BindingDesk>().ListAsync(managed, null, filter.Project, null, MostBindings, cancellationToken)).Items
                : [],
            [
                .. services.GetRequiredService<RoleBook>().All.Select(role => new RoleView
                {
                    Name = role.Name, Permissions = role.Permissions, Source = role.BuiltIn ? "built-in" : BindingSource.Configuration
                })
            ],
            [
                .. managed.All ? (string[])[Projects.All] : [],
                .. (await services.GetRequiredService<ProjectDesk>().ListAsync(managed, cancellationToken)).Select(project => project.Name)
            ],
            await ExplainAsync(services, subject, filter, cancellationToken),
            audit.All || audit.Projects.Count > 0
                ? (await services.GetRequiredService<AccessQueries>().EventsAsync(audit, null, filter.Project, null, MostEvents, cancellationToken)).Items
                : []);
    }, cancellationToken);

    /// <summary>Gives somebody a role.</summary>
    /// <exception cref="BatchRefusedException">A field is wrong, or whoever asks may not.</exception>
    public Task AddAsync(BindingBody binding, CancellationToken cancellationToken) => ChangeAsync(binding, (services, origin) =>
        services.GetRequiredService<BindingDesk>().AddAsync(binding, origin, cancellationToken), cancellationToken);

    /// <summary>Takes a role from somebody.</summary>
    /// <exception cref="BatchRefusedException">It stands in the configuration, or whoever asks may not.</exception>
    public Task RemoveAsync(BindingBody binding, CancellationToken cancellationToken) => ChangeAsync(binding, (services, origin) =>
        services.GetRequiredService<BindingDesk>().RemoveAsync(binding, origin, cancellationToken), cancellationToken);

    private Task<T> ChangeAsync<T>(BindingBody binding, Func<IServiceProvider, AccessOrigin, Task<T>> change, CancellationToken cancellationToken) =>
        string.IsNullOrWhiteSpace(binding.Project)
            ? throw BatchRefusedException.Content("project", "is required")
            : pages.DoAsync(new PageNeed("/access", Permissions.AccessManage, binding.Project), (services, subject) =>
                change(services, new AccessOrigin(subject, EventSource.Http)), cancellationToken);

    /// <summary>Anybody may ask about themselves; about others, who manages access in that project.</summary>
    private static async Task<AccessAnswer?> ExplainAsync(
        IServiceProvider services, Subject asker, AccessFilter filter, CancellationToken cancellationToken)
    {
        var where = filter.Where ?? Projects.All;
        var explainer = services.GetRequiredService<AccessExplainer>();
        if (filter.Subject is null || filter.Subject == asker.Id)
            return new AccessAnswer(await explainer.ExplainAsync(asker, null, where, cancellationToken), null);
        if (await services.GetRequiredService<AccessDoor>().LookAsync(asker, Permissions.AccessManage, [where], null, cancellationToken) is { } refused)
            return new AccessAnswer(null, refused.Reason);
        if (!Subject.TryParse(filter.Subject, out var kind, out var name) || kind == SubjectKind.System)
            return new AccessAnswer(null, $"subject {BindingRules.SubjectForm}");
        return await services.GetRequiredService<KnownSubjects>().FindAsync(kind, name, filter.Groups, cancellationToken) is { } found
            ? new AccessAnswer(await explainer.ExplainAsync(found, null, where, cancellationToken), null)
            : new AccessAnswer(null, $"there is no {filter.Subject}");
    }
}

/// <summary>What the page of access is asked for; all of it stands in its address.</summary>
/// <param name="Project">Shows the bindings of one project; null for all.</param>
/// <param name="Subject">Explains what this one may do; null explains whoever looks.</param>
/// <param name="Groups">The groups of a person, which only the login provider knows.</param>
/// <param name="Where">In which project; null for what concerns all.</param>
public sealed record AccessFilter(string? Project, string? Subject, IReadOnlyList<string> Groups, string? Where);

/// <summary>Who may do what, as somebody sees it.</summary>
/// <param name="Me">Who looks, by kind and name.</param>
/// <param name="MayManage">They manage access somewhere.</param>
/// <param name="Bindings">Who has which role where.</param>
/// <param name="Roles">What each role allows.</param>
/// <param name="Projects">Where they manage access.</param>
/// <param name="Answer">What somebody may do, and why.</param>
/// <param name="Events">The audit of access, newest first.</param>
public sealed record AccessView(
    string Me,
    bool MayManage,
    IReadOnlyList<BindingView> Bindings,
    IReadOnlyList<RoleView> Roles,
    IReadOnlyList<string> Projects,
    AccessAnswer? Answer,
    IReadOnlyList<AccessEventView> Events);

/// <summary>What somebody may do.</summary>
/// <param name="Explanation">Null when it cannot be told.</param>
/// <param name="Trouble">Why it cannot be told.</param>
public sealed record AccessAnswer(AccessExplanation? Explanation, string? Trouble);
