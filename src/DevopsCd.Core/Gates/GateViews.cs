using DevopsCd.Contracts.Api;
using DevopsCd.Core.Data;
using DevopsCd.Core.Policies;
using DevopsCd.Shared;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Gates;

/// <summary>The gates of a batch as people see them.</summary>
internal sealed class GateViews(CdDbContext db, GateBook book)
{
    /// <summary>A status of the API alone: the policy has the gate, and it was not asked yet.</summary>
    public const string Waiting = "waiting";

    /// <summary>All that were asked, and all that will be, in the order of their places.</summary>
    public async Task<IReadOnlyList<GateView>> OfAsync(Batch batch, CancellationToken cancellationToken)
    {
        var runs = await db.Set<GateRun>().AsNoTracking().Where(r => r.BatchId == batch.Id).OrderBy(r => r.Id).ToListAsync(cancellationToken);
        var views = new List<GateView>();
        foreach (var point in Enum.GetValues<GatePoint>())
        {
            var standing = await book.OfAsync(batch, point, cancellationToken);
            var current = standing.Select(gate => gate.Run?.Id).OfType<long>().ToHashSet();
            views.AddRange(runs.Where(r => r.Point == point).Select(r => View(r, current.Contains(r.Id))));
            if (point.IsAhead(batch.Status))
                views.AddRange(standing.Where(gate => gate.Run is null).Select(View));
        }
        return views;
    }

    /// <summary>Those that stand before and after a stage, as they count now.</summary>
    public async Task<IReadOnlyList<GateView>> OfAsync(Batch batch, Stage stage, CancellationToken cancellationToken)
    {
        var views = new List<GateView>();
        foreach (var point in new[] { GatePoints.Before(stage), GatePoints.After(stage) }.OfType<GatePoint>())
            views.AddRange((await book.OfAsync(batch, point, cancellationToken)).Select(gate => gate.Run is { } run ? View(run, isCurrent: true) : View(gate)));
        return views;
    }

    /// <summary>Null when there is no such gate.</summary>
    public Task<AskedGate?> FindAsync(long id, CancellationToken cancellationToken) =>
        db.Set<GateRun>().Where(r => r.Id == id).Select(r => new AskedGate(r.BatchId, r.Kind, r.Point)).SingleOrDefaultAsync(cancellationToken);

    /// <summary>One that was asked.</summary>
    /// <param name="run">Its row.</param>
    /// <param name="isCurrent">Whether it counts for the batch as it is now.</param>
    public static GateView View(GateRun run, bool isCurrent) => new()
    {
        Id = run.Id,
        Project = run.Project,
        Name = run.Name,
        At = EnumNames<GatePoint>.Of(run.Point),
        Kind = EnumNames<GateKind>.Of(run.Kind),
        Status = EnumNames<GateStatus>.Of(run.Status),
        Current = isCurrent,
        ContentHash = run.ContentHash,
        Attempt = run.Attempt,
        Reason = run.Reason,
        DecidedBy = run.DecidedBy,
        DecidedAt = run.DecidedAt,
        AskedAt = run.CreatedAt,
        DeadlineAt = run.DeadlineAt,
        Tries = run.Tries
    };

    private static GateView View(StandingGate gate) => new()
    {
        Project = gate.Project,
        Name = gate.Gate.Name,
        At = EnumNames<GatePoint>.Of(gate.Gate.Point),
        Kind = EnumNames<GateKind>.Of(gate.Gate.Kind),
        Status = Waiting,
        Current = true
    };
}
