using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Applications;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Notifications.Delivery;
using DevopsCd.Core.Policies;
using DevopsCd.Host.Ui.Viewing;

namespace DevopsCd.Host.Ui.Batches;

/// <summary>What the pages of batches read and do: the API's own queries and commands, with the rights of whoever looks.</summary>
internal sealed class BatchPages(PageWork pages)
{
    private const int PageLength = 50, MostWaiting = 20, MostApplications = 2000, MostEvents = 500, MostNotices = 200;

    public Task<BatchListView> ListAsync(BatchFilter filter, CancellationToken cancellationToken) => pages.DoAsync(async (services, subject) =>
    {
        var (door, queries) = (services.GetRequiredService<AccessDoor>(), services.GetRequiredService<BatchQueries>());
        var viewed = await door.WhereAsync(subject, Permissions.View, cancellationToken);
        var visible = Narrowed(viewed, filter.Project);
        var states = filter.State is { } state && BatchStatus.IsKnown(state) ? [state] : (IReadOnlyList<string>)[];
        var page = await queries.ListAsync(visible, states, filter.Search, filter.Before, PageLength, cancellationToken);
        var create = await door.WhereAsync(subject, Permissions.Create, cancellationToken);
        return new BatchListView(
            await WaitingAsync(services, subject, filter.Project, cancellationToken),
            await queries.CountAsync(visible, filter.Search, cancellationToken),
            page.Items,
            page.NextCursor is null ? null : page.Items[^1].Id,
            [.. (await services.GetRequiredService<ProjectDesk>().ListAsync(viewed, cancellationToken)).Select(project => project.Name)],
            create.All || create.Projects.Count > 0);
    }, cancellationToken);

    /// <summary>Null when there is no such batch, or none for whoever looks.</summary>
    public Task<BatchDetails?> FindAsync(long id, CancellationToken cancellationToken) => pages.DoAsync<BatchDetails?>(async (services, subject) =>
        await MayAsync(services, subject, Permissions.View, id, cancellationToken)
        && await services.GetRequiredService<BatchQueries>().GetAsync(id, cancellationToken) is { } view
            ? new BatchDetails(view, await ActionsAsync(services, subject, view, cancellationToken),
                BatchStatus.Refreshes(view.StateName) && await MayAsync(services, subject, Permissions.Edit, id, cancellationToken))
            : null, cancellationToken);

    /// <summary>The audit, newest first.</summary>
    public Task<IReadOnlyList<BatchEventView>> HistoryAsync(long id, CancellationToken cancellationToken) =>
        pages.DoAsync<IReadOnlyList<BatchEventView>>(async (services, subject) =>
        {
            if (!await MayAsync(services, subject, Permissions.View, id, cancellationToken))
                return [];
            var events = new List<BatchEventView>();
            Page<BatchEventView> page;
            do
            {
                page = await services.GetRequiredService<BatchQueries>().EventsAsync(
                    id, events.Count == 0 ? 0 : events[^1].Id, MostEvents, cancellationToken);
                events.AddRange(page.Items);
            }
            while (page.NextCursor is not null);
            events.Reverse();
            return events;
        }, cancellationToken);

    /// <summary>Who was told about a batch, newest first.</summary>
    public Task<IReadOnlyList<NotificationView>> NoticesAsync(long id, CancellationToken cancellationToken) =>
        pages.DoAsync(async (services, subject) => await services.GetRequiredService<NotificationAdministration>().ListAsync(
            await services.GetRequiredService<AccessDoor>().WhereAsync(subject, Permissions.View, cancellationToken), id, null, null, MostNotices,
            cancellationToken), cancellationToken);

    /// <summary>Raises an event of a batch, on what was seen of it.</summary>
    /// <param name="seen">The batch as it was when the person decided.</param>
    /// <param name="batchEvent">The event's key.</param>
    /// <param name="reason">Why, as the person says.</param>
    /// <param name="key">The same for each repetition of the one click.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task<CommandResult> RaiseAsync(BatchView seen, string batchEvent, string? reason, string key, CancellationToken cancellationToken) =>
        pages.DoAsync((services, subject) => services.GetRequiredService<BatchCommands>().RaiseAsync(BatchEventTypes.Get(batchEvent), new EventRequest
        {
            BatchId = seen.BatchId,
            Operator = subject.Operator,
            Reason = string.IsNullOrWhiteSpace(reason) ? null : reason.Trim(),
            ContentHash = seen.ContentHash,
            ExpectedVersion = seen.Version
        }, subject, key, cancellationToken), cancellationToken);

    public Task<CommandResult> CreateAsync(NewBatch batch, string key, CancellationToken cancellationToken) =>
        pages.DoAsync((services, subject) =>
            services.GetRequiredService<BatchCommands>().CreateAsync(batch, subject, key, cancellationToken), cancellationToken);

    /// <summary>The applications that whoever looks may put into a batch, by name.</summary>
    public Task<IReadOnlyList<ApplicationView>> ApplicationsAsync(CancellationToken cancellationToken) => pages.DoAsync<IReadOnlyList<ApplicationView>>(
        async (services, subject) => [.. (await services.GetRequiredService<ApplicationCatalogue>().ListAsync(
            await services.GetRequiredService<AccessDoor>().WhereAsync(subject, Permissions.Create, cancellationToken), null, null, MostApplications,
            cancellationToken)).Items.OrderBy(application => application.Name, StringComparer.Ordinal)], cancellationToken);

    private static async Task<bool> MayAsync(
        IServiceProvider services, Subject subject, string permission, long id, CancellationToken cancellationToken) =>
        await services.GetRequiredService<ProjectsOf>().BatchAsync(id, cancellationToken) is { } concerned
        && await services.GetRequiredService<AccessDoor>().LookAsync(subject, permission, concerned, null, cancellationToken) is null;

    private static async Task<IReadOnlyList<BatchAction>> ActionsAsync(
        IServiceProvider services, Subject subject, BatchView view, CancellationToken cancellationToken)
    {
        if (await services.GetRequiredService<BatchExplainer>().ExplainAsync(view.Id, null, subject, cancellationToken) is not { } explained)
            return [];
        var actions = new List<BatchAction>();
        foreach (var asked in explained.Events)
        {
            var type = BatchEventTypes.Get(asked.Event);
            if (!type.ByPerson)
                continue;
            actions.Add(new BatchAction
            {
                Event = type.Key,
                IsLegal = view.AvailableEvents.Any(available => available.Event == type.Key),
                MovesOn = !type.ReasonRequired,
                MovesProduction = type is { Stage: Stage.Prod, StageEffect: StageEffect.Begins },
                ReasonRequired = type.ReasonRequired,
                Obstacles = [.. asked.Obstacles.Select(o => new ActionObstacle(o.Guard, o.Reason, o.EarliestAt))]
            });
        }
        return actions;
    }

    /// <summary>Batches that a decision of this person would move on: where the decision is people's, or the engine has given up.</summary>
    private static async Task<IReadOnlyList<WaitingBatch>> WaitingAsync(
        IServiceProvider services, Subject subject, string? project, CancellationToken cancellationToken)
    {
        var (door, queries) = (services.GetRequiredService<AccessDoor>(), services.GetRequiredService<BatchQueries>());
        var table = services.GetRequiredService<BatchTransitionTable>();
        var waiting = new List<WaitingBatch>();
        foreach (var type in BatchEventTypes.Requestable.Where(type => type is { ByPerson: true, ReasonRequired: false }))
        {
            var states = table.Rows.Where(row => row.Event == type.Key).Select(row => row.From).ToList();
            var visible = Narrowed(await door.WhereAsync(subject, type.Permission!, cancellationToken), project);
            if (states.Count == 0 || visible is { All: false, Projects.Count: 0 })
                continue;
            var page = await queries.ListAsync(visible, states, null, null, MostWaiting, cancellationToken);
            waiting.AddRange(page.Items.Where(batch => type.ByPersonAlone || batch.AutoDeployBlocked).Select(batch => new WaitingBatch(batch, type.Key)));
        }
        return [.. waiting.OrderByDescending(w => w.Batch.LastFailure is not null).ThenBy(w => w.Batch.UpdatedAt)];
    }

    private static Visible Narrowed(Visible visible, string? project) =>
        string.IsNullOrEmpty(project) ? visible : new Visible(false, visible.Contains(project) ? [project] : []);
}
