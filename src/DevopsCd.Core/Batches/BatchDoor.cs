using DevopsCd.Contracts;
using DevopsCd.Core.Access;

namespace DevopsCd.Core.Batches;

/// <summary>The check in front of a batch's events, whatever the way in: the event's descriptor says which permission it needs.</summary>
internal sealed class BatchDoor(AccessDoor door, ProjectsOf projects)
{
    /// <summary>Null when somebody may raise an event; whether it is legal now is not the question.</summary>
    /// <param name="asker">Who.</param>
    /// <param name="type">The event.</param>
    /// <param name="batchId">The batch's correlation id.</param>
    /// <param name="creation">The batch that is to be created; null for a batch that is there.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<BatchRefusedException?> LookAsync(Subject asker, BatchEventType type, Guid batchId, CreateBatch? creation,
        CancellationToken cancellationToken)
    {
        if (asker.IsEngine)
            return null;
        if (type.Permission is not { } permission)
            return new BatchRefusedException(RefusalKind.Denied, $"{type.Key} is the engine's own; nobody else may raise it");
        if (await door.IsAllowedEverywhereAsync(asker, permission, cancellationToken))
            return null;
        if (creation is not null)
            return await LookAsync(asker, creation, cancellationToken);
        // Whoever asks for what is not there is told so by the state machine.
        return await projects.BatchAsync(batchId, cancellationToken) is { } concerned
            ? await door.LookAsync(asker, permission, concerned, $"there is no batch {batchId}", cancellationToken)
            : null;
    }

    /// <summary>Null when somebody may put applications into a batch: they need the permission in the project of each.</summary>
    /// <param name="asker">Who.</param>
    /// <param name="permission">The permission.</param>
    /// <param name="items">The applications, as they were sent.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<BatchRefusedException?> LookAsync(
        Subject asker, string permission, IReadOnlyList<ReleaseItem> items, CancellationToken cancellationToken)
    {
        var names = items.Select(r => r?.Application).OfType<string>().ToList();
        return await LookAsync(asker, permission, names, await projects.ApplicationsAsync(names, cancellationToken), cancellationToken);
    }

    private async Task<BatchRefusedException?> LookAsync(
        Subject asker, string permission, List<string> names, Dictionary<string, string> known, CancellationToken cancellationToken)
    {
        for (var i = 0; i < names.Count; i++)
            if (known.TryGetValue(names[i], out var project)
                && await door.LookAsync(asker, permission, [project], NotRegistered(names[i]), cancellationToken) is { } refused)
                return refused.Kind == RefusalKind.NotFound ? BatchRefusedException.Content($"releases[{i}].application", refused.Reason) : refused;
        return null;
    }

    private async Task<BatchRefusedException?> LookAsync(Subject asker, CreateBatch creation, CancellationToken cancellationToken)
    {
        var names = creation.Releases?.Select(r => r?.Application).OfType<string>().ToList() ?? [];
        var known = await projects.ApplicationsAsync(names, cancellationToken);
        if (await LookAsync(asker, Permissions.Create, names, known, cancellationToken) is { } refused)
            return refused;
        var own = creation.Project ?? (known.Count == 0 ? Application.DefaultProject : null);
        return own is null ? null : await door.LookAsync(asker, Permissions.Create, [own], null, cancellationToken);
    }

    /// <summary>The same words for what is not there and for what the asker may not see.</summary>
    public static Sentence NotRegistered(string application) => $"'{application}' is not registered; POST /api/v1/applications first";
}
