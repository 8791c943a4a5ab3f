using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Gates;
using DevopsCd.Core.Policies;
using DevopsCd.Host.Ui.Viewing;
using DevopsCd.Shared;

namespace DevopsCd.Host.Ui.Batches;

/// <summary>What the page of a batch reads of its gates, and does with them, with the rights of whoever looks.</summary>
internal sealed class GatePages(PageWork pages)
{
    /// <summary>The gates of a batch with what whoever looks may do; none where there is no such batch, or none for them.</summary>
    public Task<IReadOnlyList<ShownGate>> OfAsync(long batchId, CancellationToken cancellationToken) =>
        pages.DoAsync<IReadOnlyList<ShownGate>>(async (services, subject) =>
        {
            var concerned = await services.GetRequiredService<ProjectsOf>().BatchAsync(batchId, cancellationToken);
            var door = services.GetRequiredService<AccessDoor>();
            if (concerned is null || !await MayAsync(Permissions.View))
                return [];
            var shown = new List<ShownGate>();
            foreach (var gate in await services.GetRequiredService<BatchQueries>().GatesAsync(batchId, cancellationToken) ?? [])
            {
                var (isOpen, isDecided) = (gate is { Current: true, Status: "pending", Id: not null }, gate is { Current: true, Status: "passed" or "failed" });
                var point = EnumNames<GatePoint>.Value(gate.At);
                shown.Add(new ShownGate(gate)
                {
                    MayDecide = isOpen && gate.Kind == EnumNames<GateKind>.Of(GateKind.Manual) && await MayAsync(Permissions.Approve),
                    MayOverride = (isOpen || gate is { Current: true, Status: "failed" }) && await MayAsync(Permissions.GateOverride),
                    MayRetry = isDecided && !point.BelongsToStage() && await MayAsync(GatePoints.Asker(point).Permission!)
                });
            }
            return shown;

            async Task<bool> MayAsync(string permission) => await door.LookAsync(subject, permission, concerned, null, cancellationToken) is null;
        }, cancellationToken);

    /// <summary>Passes or fails a manual gate.</summary>
    /// <exception cref="BatchRefusedException">Whoever asks may not, or the gate is decided or counts no more.</exception>
    public Task DecideAsync(long batchId, long id, bool passes, string reason, CancellationToken cancellationToken) =>
        DoAsync(batchId, Permissions.Approve, (desk, subject) => desk.ResultAsync(id,
            new GateResultBody { Result = passes ? GateResults.Passed : GateResults.Failed, Reason = Filled(reason) }, subject, cancellationToken),
            cancellationToken);

    /// <summary>Overrides a gate.</summary>
    /// <inheritdoc cref="DecideAsync" />
    public Task OverrideAsync(long batchId, long id, string reason, CancellationToken cancellationToken) =>
        DoAsync(batchId, Permissions.GateOverride, (desk, subject) => desk.OverrideAsync(id, reason, subject, cancellationToken), cancellationToken);

    /// <summary>Asks a decided gate once more.</summary>
    /// <inheritdoc cref="DecideAsync" />
    public Task RetryAsync(long batchId, GateView gate, CancellationToken cancellationToken) =>
        DoAsync(batchId, GatePoints.Asker(EnumNames<GatePoint>.Value(gate.At)).Permission!,
            (desk, subject) => desk.AgainAsync(gate.Id!.Value, subject, cancellationToken), cancellationToken);

    private Task<bool> DoAsync(long batchId, string permission, Func<GateDesk, Subject, Task> work, CancellationToken cancellationToken) =>
        pages.DoAsync(async (services, subject) =>
        {
            var concerned = await services.GetRequiredService<ProjectsOf>().BatchAsync(batchId, cancellationToken) ?? [];
            if (await services.GetRequiredService<AccessDoor>().LookAsync(subject, permission, concerned, null, cancellationToken) is { } refused)
                throw refused;
            await work(services.GetRequiredService<GateDesk>(), subject);
            return true;
        }, cancellationToken);

    private static string? Filled(string reason) => string.IsNullOrWhiteSpace(reason) ? null : reason.Trim();
}
