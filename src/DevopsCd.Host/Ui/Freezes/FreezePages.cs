using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Data;
using DevopsCd.Core.Freezes;
using DevopsCd.Core.Policies;
using DevopsCd.Host.Ui.Viewing;

namespace DevopsCd.Host.Ui.Freezes;

/// <summary>What the page of freezes reads and does: the API's own desk, with the rights of whoever looks.</summary>
internal sealed class FreezePages(PageWork pages)
{
    /// <summary>The freezes by name, and when they hold in a month.</summary>
    /// <param name="month">Its first day; days of any zone are covered.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<FreezeListView> ListAsync(DateOnly month, CancellationToken cancellationToken) => pages.DoAsync(async (services, subject) =>
    {
        var (door, desk) = (services.GetRequiredService<AccessDoor>(), services.GetRequiredService<FreezeDesk>());
        var visible = await door.WhereAsync(subject, Permissions.View, cancellationToken);
        var managed = await door.WhereAsync(subject, Permissions.FreezeManage, cancellationToken);
        var (from, to) = FreezeMonth.Period(month);
        return new FreezeListView(
            [.. (await desk.ListAsync(visible, cancellationToken)).Select(freeze => (freeze, FreezeDesk.Concerned(freeze.Freeze).All(managed.Contains)))],
            [.. (await desk.BetweenAsync(from, to, visible, cancellationToken)).Select(f => new FrozenTime(f.Name, f.Reason, f.Window.From, f.Window.To))],
            [.. (await services.GetRequiredService<ProjectDesk>().ListAsync(managed, cancellationToken)).Select(project => project.Name)],
            managed.All || managed.Projects.Count > 0);
    }, cancellationToken);

    /// <summary>Sets a freeze; one that is not there comes into being.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="body">What it says.</param>
    /// <param name="seen">The freeze as it was when the person decided; null to make a new one.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="BatchRefusedException">A field is wrong, the freeze has changed meanwhile, or whoever asks may not.</exception>
    public Task PutAsync(string name, FreezeBody body, FreezeView? seen, CancellationToken cancellationToken) => pages.DoAsync(async (services, subject) =>
    {
        var desk = services.GetRequiredService<FreezeDesk>();
        await RequireAsync(FreezeDesk.Concerned(body), services, subject, cancellationToken);
        await RequireAsync(await desk.ProjectsAsync(name, cancellationToken) ?? [], services, subject, cancellationToken);
        return await desk.PutAsync(name, body, seen is null ? new Precondition([], OnlyNew: true) : new Precondition([FreezeDesk.Tag(seen)]),
            new AccessOrigin(subject, EventSource.Http), cancellationToken);
    }, cancellationToken);

    /// <summary>Removes a freeze, on what was seen of it.</summary>
    /// <exception cref="BatchRefusedException">It has changed meanwhile, or whoever asks may not.</exception>
    public Task RemoveAsync(FreezeView seen, CancellationToken cancellationToken) => pages.DoAsync(async (services, subject) =>
    {
        var desk = services.GetRequiredService<FreezeDesk>();
        await RequireAsync(await desk.ProjectsAsync(seen.Name, cancellationToken) ?? [], services, subject, cancellationToken);
        return await desk.RemoveAsync(seen.Name, new Precondition([FreezeDesk.Tag(seen)]), new AccessOrigin(subject, EventSource.Http), cancellationToken);
    }, cancellationToken);

    private static async Task RequireAsync(
        IReadOnlyCollection<string> projects, IServiceProvider services, Subject subject, CancellationToken cancellationToken)
    {
        foreach (var project in projects)
            await PageWork.RequireAsync(new PageNeed("/freezes", Permissions.FreezeManage, project), services, subject, cancellationToken);
    }
}

/// <summary>The freezes as somebody sees them.</summary>
/// <param name="Items">By name, each with whether they may change it.</param>
/// <param name="Times">When freezes hold around the month that is shown.</param>
/// <param name="Projects">The projects whose freezes they manage.</param>
/// <param name="MayAdd">They may add freezes somewhere.</param>
public sealed record FreezeListView(
    IReadOnlyList<(FreezeView Freeze, bool MayChange)> Items, IReadOnlyList<FrozenTime> Times, IReadOnlyList<string> Projects, bool MayAdd);
