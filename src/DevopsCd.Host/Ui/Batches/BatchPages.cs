using DevopsCd.Contracts;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Applications;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Batches.Guards;
using DevopsCd.Core.Builds;
using DevopsCd.Core.Data;
using DevopsCd.Core.Notifications.Delivery;
using DevopsCd.Core.Policies;
using DevopsCd.Host.Ui.Viewing;
using DevopsCd.Shared;

namespace DevopsCd.Host.Ui.Batches;

/// <summary>What the pages of batches read and do: the API's own queries and commands, with the rights of whoever looks.</summary>
internal sealed class BatchPages(PageWork pages)
{
    private const int PageLength = 50, ColumnLength = 20, MostWaiting = 100, MostApplications = 2000, MostEvents = 500, MostNotices = 200, MostBuilds = 100;

    public Task<BatchListView> ListAsync(BatchFilter filter, CancellationToken cancellationToken) => pages.DoAsync(async (services, subject) =>
    {
        var (door, queries) = (services.GetRequiredService<AccessDoor>(), services.GetRequiredService<BatchQueries>());
        var viewed = await door.WhereAsync(subject, Permissions.View, cancellationToken);
        var visible = Narrowed(viewed, filter.Project);
        var states = filter.State is { } state && BatchStatus.IsKnown(state) ? [state] : (IReadOnlyList<string>)[];
        var counts = await queries.CountAsync(visible, filter.Search, cancellationToken);
        var page = filter.IsBoard ? new Page<BatchSummary> { Items = [] }
            : await queries.ListAsync(visible, states, filter.Search, filter.Before, PageLength, cancellationToken);
        var create = await door.WhereAsync(subject, Permissions.Create, cancellationToken);
        return new BatchListView(
            await WaitingAsync(services, subject, filter.Project, cancellationToken),
            counts,
            page.Items,
            page.NextCursor is null ? null : page.Items[^1].Id,
            [.. (await services.GetRequiredService<ProjectDesk>().ListAsync(viewed, cancellationToken)).Select(project => project.Name)],
            create.All || create.Projects.Count > 0)
        {
            Columns = filter.IsBoard ? await ColumnsAsync(queries, visible, states, filter.Search, counts, cancellationToken) : []
        };
    }, cancellationToken);

    /// <summary>A column for each state in which batches live, or for the one that is asked for: those that have ended are many, and wait for nobody.</summary>
    private static async Task<IReadOnlyList<BoardColumn>> ColumnsAsync(BatchQueries queries, Visible visible, IReadOnlyList<string> states, string? search,
        Dictionary<string, int> counts, CancellationToken cancellationToken)
    {
        var columns = new List<BoardColumn>();
        foreach (var state in states.Count > 0 ? states : BatchStatus.All.Select(known => known.Name).Where(name => !BatchStatus.Ended(name)))
        {
            var count = counts.GetValueOrDefault(state);
            columns.Add(new BoardColumn(state, count, count == 0 ? []
                : (await queries.ListAsync(visible, [state], search, null, ColumnLength, cancellationToken)).Items));
        }
        return columns;
    }

    /// <summary>Null when there is no such batch, or none for whoever looks.</summary>
    public Task<BatchDetails?> FindAsync(long id, CancellationToken cancellationToken) => pages.DoAsync<BatchDetails?>(async (services, subject) =>
        await MayAsync(services, subject, Permissions.View, id, cancellationToken)
        && await services.GetRequiredService<BatchQueries>().GetTaggedAsync(id, cancellationToken) is var (view, tag)
            ? new BatchDetails(view, tag.ToString(), await ActionsAsync(services, subject, view, cancellationToken),
                BatchStatus.Refreshes(view.StateName) && await MayAsync(services, subject, Permissions.Edit, id, cancellationToken))
            {
                MaySplit = ReleaseCarving.IsPossible(view.StateName) && view.Releases.Count > 1
                    && await MayAsync(services, subject, Permissions.Edit, id, cancellationToken),
                Notes = await NotesAsync(services, view, cancellationToken),
                MayReadAudit = await MayAsync(services, subject, Permissions.AuditRead, id, cancellationToken)
            }
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
    /// <param name="decision">What they decided.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task<CommandResult> RaiseAsync(BatchView seen, Decision decision, CancellationToken cancellationToken) =>
        pages.DoAsync((services, subject) => services.GetRequiredService<BatchCommands>().RaiseAsync(BatchEventTypes.Get(decision.Event), new EventRequest
        {
            BatchId = seen.BatchId,
            Operator = subject.Operator,
            Reason = string.IsNullOrWhiteSpace(decision.Reason) ? null : decision.Reason.Trim(),
            ContentHash = seen.ContentHash,
            OverrideFreeze = decision.OverrideFreeze,
            NotBefore = decision.NotBefore,
            ExpiresAt = decision.ExpiresAt,
            AcceptMoved = decision.AcceptMoved,
            ExpectedVersion = seen.Version
        }, subject, decision.Key, cancellationToken), cancellationToken);

    /// <summary>What would happen if a stage were started now; null when there is no such batch, or none for whoever looks.</summary>
    /// <param name="id">The batch.</param>
    /// <param name="stage">The stage as the API names it; null for the one that comes next.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<FoundPreflight?> PreflightAsync(long id, string? stage, CancellationToken cancellationToken) =>
        pages.DoAsync<FoundPreflight?>(async (services, subject) =>
            await MayAsync(services, subject, Permissions.View, id, cancellationToken)
            && await services.GetRequiredService<BatchPreflights>().LookCloselyAsync(
                id, EnumNames<Stage>.TryValue(stage ?? "", out var wanted) ? wanted : null, subject, cancellationToken) is var (preflight, obstacles)
                ? new FoundPreflight(preflight, [.. obstacles.Select(ActionObstacle.Of)])
                : null, cancellationToken);

    /// <summary>What a stage does or would do; null when there is no such batch, or none for whoever looks.</summary>
    /// <param name="id">The batch.</param>
    /// <param name="stage">The stage; null for the one that the batch is in or comes to next.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<BatchPlan?> PlanAsync(long id, Stage? stage, CancellationToken cancellationToken) => pages.DoAsync(async (services, subject) =>
        await MayAsync(services, subject, Permissions.View, id, cancellationToken)
            ? await services.GetRequiredService<BatchPlans>().LookAsync(id, stage, cancellationToken)
            : null, cancellationToken);

    /// <summary>Makes a batch that brings back what ran before an accepted one.</summary>
    /// <returns>The new batch's id, or why there is none.</returns>
    /// <exception cref="BatchRefusedException">Nothing can be taken back.</exception>
    public Task<(long? Id, CommandResult Result)> RevertAsync(long id, string key, CancellationToken cancellationToken) =>
        pages.DoAsync(async (services, subject) =>
    {
        if (!await MayAsync(services, subject, Permissions.View, id, cancellationToken)
            || await services.GetRequiredService<BatchReverts>().RevertAsync(id, null, Precondition.None, subject, key, cancellationToken)
                is not var (result, _))
            throw new BatchRefusedException(RefusalKind.NotFound, $"batch {id}");
        return (result.RefusalKind is null ? result.BatchId : null, result);
    }, cancellationToken);

    /// <summary>Moves applications into a new batch.</summary>
    /// <returns>The new batch's id, or why there is none.</returns>
    /// <exception cref="BatchRefusedException">There is no such batch, or whoever asks may not change it.</exception>
    public Task<(long? Id, CommandResult Result)> SplitAsync(BatchView batch, SplitBody wanted, string key, CancellationToken cancellationToken) =>
        pages.DoAsync(async (services, subject) =>
    {
        await RequireAsync(services, subject, batch.Id, cancellationToken);
        if (await services.GetRequiredService<BatchSplits>().SplitAsync(
            batch.Id, wanted, new Precondition([new BatchTag(batch.Version).ToString()]), subject, key, cancellationToken) is not { } result)
            throw new BatchRefusedException(RefusalKind.NotFound, $"batch {batch.Id}");
        return (result.RefusalKind is null ? result.BatchId : null, result);
    }, cancellationToken);

    public Task<CommandResult> CreateAsync(NewBatch batch, string key, CancellationToken cancellationToken) =>
        pages.DoAsync((services, subject) =>
            services.GetRequiredService<BatchCommands>().CreateAsync(batch, subject, key, cancellationToken), cancellationToken);

    /// <summary>The applications that whoever looks may put into a batch, by name.</summary>
    public Task<IReadOnlyList<ApplicationView>> ApplicationsAsync(CancellationToken cancellationToken) => pages.DoAsync(async (services, subject) =>
        await ChoosableAsync(services, await services.GetRequiredService<AccessDoor>().WhereAsync(subject, Permissions.Create, cancellationToken),
            cancellationToken), cancellationToken);

    /// <summary>What whoever looks can make a new batch of.</summary>
    public Task<NewBatchChoice> NewBatchChoiceAsync(CancellationToken cancellationToken) => pages.DoAsync(async (services, subject) =>
    {
        var door = services.GetRequiredService<AccessDoor>();
        var create = await door.WhereAsync(subject, Permissions.Create, cancellationToken);
        var viewed = await door.WhereAsync(subject, Permissions.View, cancellationToken);
        return new NewBatchChoice(
            await ChoosableAsync(services, create, cancellationToken),
            (await services.GetRequiredService<BatchQueries>().ListAsync(viewed, [], null, null, 1, cancellationToken)).Items,
            [.. (await services.GetRequiredService<ProjectDesk>().ListAsync(create, cancellationToken)).Select(project => project.Name)]);
    }, cancellationToken);

    private static async Task<IReadOnlyList<ApplicationView>> ChoosableAsync(
        IServiceProvider services, Visible create, CancellationToken cancellationToken) =>
        [.. (await services.GetRequiredService<ApplicationCatalogue>().ListAsync(create, null, null, MostApplications, cancellationToken))
            .Items.OrderBy(application => application.Name, StringComparer.Ordinal)];

    /// <summary>The applications of a batch with their branches; null when there is no such batch, or none for whoever looks.</summary>
    public Task<IReadOnlyList<ReleaseView>?> ContentAsync(long id, CancellationToken cancellationToken) =>
        pages.DoAsync<IReadOnlyList<ReleaseView>?>(async (services, subject) =>
            await MayAsync(services, subject, Permissions.View, id, cancellationToken)
                ? (await services.GetRequiredService<BatchQueries>().GetAsync(id, cancellationToken))?.Releases
                : null, cancellationToken);

    /// <summary>The builds that releases would have at present, by application and branch; one without a successful build is left out.</summary>
    public Task<IReadOnlyDictionary<(string Application, string Branch), BuildView>> NewestBuildsAsync(
        IReadOnlyCollection<(string Application, string Branch)> wanted, CancellationToken cancellationToken) =>
        pages.DoAsync(async (services, subject) => await services.GetRequiredService<BuildQueries>().NewestAsync(
            await services.GetRequiredService<AccessDoor>().WhereAsync(subject, Permissions.View, cancellationToken), wanted, cancellationToken),
                cancellationToken);

    /// <summary>The successful builds of an application that can be pinned, latest arrival first.</summary>
    public Task<IReadOnlyList<BuildView>> BuildsOfAsync(string application, CancellationToken cancellationToken) =>
        pages.DoAsync<IReadOnlyList<BuildView>>(async (services, subject) => [.. (await services.GetRequiredService<BuildQueries>().ListAsync(
            await services.GetRequiredService<AccessDoor>().WhereAsync(subject, Permissions.View, cancellationToken), application, null, null, null, MostBuilds,
            cancellationToken)).Items.Where(build => build is { Status: BuildStatus.Success, Withdrawn: false, Superseded: false })], cancellationToken);

    /// <summary>Changes branch, build or dependencies of one application, on what was seen of the batch.</summary>
    /// <exception cref="BatchRefusedException">The change is not possible, the batch has changed meanwhile, or whoever asks may not.</exception>
    public Task ChangeAsync(BatchDetails seen, string application, ReleaseChange change, CancellationToken cancellationToken) =>
        EditAsync(seen, (editor, precondition, by) =>
            editor.ChangeAsync(seen.View.Id, application, change, precondition, by, cancellationToken), cancellationToken);

    /// <summary>Takes an application out, on what was seen of the batch.</summary>
    /// <exception cref="BatchRefusedException">It is not possible, the batch has changed meanwhile, or whoever asks may not.</exception>
    public Task RemoveAsync(BatchDetails seen, string application, CancellationToken cancellationToken) =>
        EditAsync(seen, (editor, precondition, by) => editor.RemoveAsync(seen.View.Id, application, precondition, by, cancellationToken), cancellationToken);

    /// <summary>Adds an application, on what was seen of the batch.</summary>
    /// <exception cref="BatchRefusedException">It is not possible, the batch has changed meanwhile, or whoever asks may not.</exception>
    public Task AddAsync(BatchDetails seen, string application, CancellationToken cancellationToken) => pages.DoAsync(async (services, subject) =>
    {
        IReadOnlyList<ReleaseItem> items = [new ReleaseItem { Application = application }];
        await RequireAsync(services, subject, seen.View.Id, cancellationToken);
        if (await services.GetRequiredService<BatchDoor>().LookAsync(subject, Permissions.Edit, items, cancellationToken) is { } refused)
            throw refused;
        await services.GetRequiredService<ReleaseEditor>().AddAsync(seen.View.Id, items, new Precondition([seen.Tag]), subject, cancellationToken);
        return true;
    }, cancellationToken);

    private Task<bool> EditAsync(BatchDetails seen, Func<ReleaseEditor, Precondition, string, Task> edit, CancellationToken cancellationToken) =>
        pages.DoAsync(async (services, subject) =>
        {
            await RequireAsync(services, subject, seen.View.Id, cancellationToken);
            await edit(services.GetRequiredService<ReleaseEditor>(), new Precondition([seen.Tag]), subject.Operator);
            return true;
        }, cancellationToken);

    /// <exception cref="BatchRefusedException">Whoever asks may not change the content.</exception>
    private static async Task RequireAsync(IServiceProvider services, Subject subject, long id, CancellationToken cancellationToken)
    {
        var concerned = await services.GetRequiredService<ProjectsOf>().BatchAsync(id, cancellationToken) ?? [];
        if (await services.GetRequiredService<AccessDoor>().LookAsync(subject, Permissions.Edit, concerned, null, cancellationToken) is { } refused)
            throw refused;
    }

    private static async Task<RowNotes> NotesAsync(IServiceProvider services, BatchView view, CancellationToken cancellationToken)
    {
        var notes = services.GetRequiredService<BatchFootnotes>();
        return new RowNotes(
            await notes.CommitsAsync(view.Id, cancellationToken),
            BatchStatus.Deploying(view.StateName) is null ? RowNotes.None.NextCalls : await notes.NextCallsAsync(view.Id, cancellationToken),
            notes.MostTries);
    }

    private static async Task<bool> MayAsync(
        IServiceProvider services, Subject subject, string permission, long id, CancellationToken cancellationToken) =>
        await services.GetRequiredService<ProjectsOf>().BatchAsync(id, cancellationToken) is { } concerned
        && await services.GetRequiredService<AccessDoor>().LookAsync(subject, permission, concerned, null, cancellationToken) is null;

    /// <summary>What people can do. Only what the state allows is asked of all guards: of the rest the state says enough.</summary>
    private static async Task<IReadOnlyList<BatchAction>> ActionsAsync(
        IServiceProvider services, Subject subject, BatchView view, CancellationToken cancellationToken)
    {
        var legal = view.AvailableEvents.Select(available => available.Event).ToHashSet(StringComparer.Ordinal);
        var types = BatchEventTypes.Moving.Where(type => type.ByPerson).ToList();
        if (await services.GetRequiredService<BatchExplainer>().LookAsync(
            view.Id, [.. types.Where(type => legal.Contains(type.Key))], subject, cancellationToken) is not var (_, explained))
            return [];
        var obstacles = explained.ToDictionary(asked => asked.Type.Key, asked => asked.Obstacles, StringComparer.Ordinal);
        var mayOverride = obstacles.Values.Any(OnlyFrozen) && await MayAsync(services, subject, Permissions.FreezeOverride, view.Id, cancellationToken);
        return [.. types.Select(type => new BatchAction
        {
            Event = type.Key,
            IsLegal = legal.Contains(type.Key),
            MovesOn = !type.ReasonRequired,
            MovesProduction = type is { Stage: Stage.Prod, StageEffect: StageEffect.Begins },
            GoesBack = type is { Stage: { } stage, StageEffect: StageEffect.Begins } && stage.GoesBack(),
            ReasonRequired = type.ReasonRequired,
            CanAcceptMoved = obstacles.TryGetValue(type.Key, out var moved) && OnlyMoved(moved),
            CanOverrideFreeze = mayOverride && obstacles.TryGetValue(type.Key, out var frozen) && OnlyFrozen(frozen),
            // What a freeze holds up now may start when it is over.
            CanBeScheduled = IsForward(type)
                && obstacles.TryGetValue(type.Key, out var present) && (present.Count == 0 || OnlyFrozen(present)),
            IsChecked = type.Seals || IsForward(type),
            Stage = IsForward(type) ? EnumNames<Stage>.Of(type.Stage!.Value) : null,
            Obstacles = obstacles.TryGetValue(type.Key, out var found)
                ? [.. found.Select(ActionObstacle.Of)]
                : [new ActionObstacle(StateGuard.Key, StateGuard.Of(type, view.StateName).Reason, null)]
        })];

        static bool IsForward(BatchEventType type) => type is { StageEffect: StageEffect.Begins, Stage: { } stage } && !stage.GoesBack();

        static bool OnlyMoved(IReadOnlyList<ShownObstacle> obstacles) => obstacles.Count > 0
            && obstacles.All(o => o.View is { Guard: MovedGuard.Key, LiftedBy: Obstacle.Asker });

        static bool OnlyFrozen(IReadOnlyList<ShownObstacle> obstacles) => obstacles.Count > 0 && obstacles.All(o => o.View.Guard == FreezeGuard.Key);
    }

    /// <summary>Withdraws the start that waits for its time.</summary>
    public Task<bool> WithdrawStartAsync(long id, CancellationToken cancellationToken) => pages.DoAsync(async (services, subject) =>
        await MayAsync(services, subject, Permissions.Cancel, id, cancellationToken)
        && await services.GetRequiredService<ScheduledStarts>().WithdrawAsync(id, subject.Operator, cancellationToken), cancellationToken);

    /// <summary>Batches that a decision of this person would move on: where the decision is people's, or the engine has given up.</summary>
    private static async Task<IReadOnlyList<WaitingBatch>> WaitingAsync(
        IServiceProvider services, Subject subject, string? project, CancellationToken cancellationToken)
    {
        var (door, queries) = (services.GetRequiredService<AccessDoor>(), services.GetRequiredService<BatchQueries>());
        var table = services.GetRequiredService<BatchTransitionTable>();
        var asked = new List<(BatchEventType Type, List<string> States, Visible Visible)>();
        foreach (var type in BatchEventTypes.Requestable.Where(type => type is { ByPerson: true, ReasonRequired: false }))
        {
            var states = table.Rows.Where(row => row.Event == type.Key).Select(row => row.From).ToList();
            var visible = Narrowed(await door.WhereAsync(subject, type.Permission!, cancellationToken), project);
            if (states.Count > 0 && visible is not { All: false, Projects.Count: 0 })
                asked.Add((type, states, visible));
        }
        var waiting = new List<WaitingBatch>();
        // Whoever may do the same everywhere, as most may, is asked about with one query.
        foreach (var alike in asked.GroupBy(a => a.Visible.All ? "*" : string.Join(',', a.Visible.Projects.Order(StringComparer.Ordinal))))
        {
            var page = await queries.ListAsync(
                alike.First().Visible, [.. alike.SelectMany(a => a.States).Distinct()], null, null, MostWaiting, cancellationToken);
            foreach (var (type, states, _) in alike)
                waiting.AddRange(page.Items.Where(batch => states.Contains(batch.StateName) && (type.ByPersonAlone || batch.AutoDeployBlocked))
                    .Select(batch => new WaitingBatch(batch, type.Key)));
        }
        return [.. waiting.OrderByDescending(w => w.Batch.LastFailure is not null).ThenBy(w => w.Batch.UpdatedAt)];
    }

    private static Visible Narrowed(Visible visible, string? project) =>
        string.IsNullOrEmpty(project) ? visible : new Visible(false, visible.Contains(project) ? [project] : []);
}
