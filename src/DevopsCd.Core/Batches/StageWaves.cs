using DevopsCd.Contracts.Api;
using DevopsCd.Core.Deployments;

namespace DevopsCd.Core.Batches;

/// <summary>How the waves of a stage stand, and what each waits for (R23). Pure.</summary>
internal static class StageWaves
{
    public const string Planned = "planned", Running = "running", Soaking = "soaking", Waiting = "waiting", Done = "done", Failed = "failed", Held = "held";

    /// <param name="batch">The batch.</param>
    /// <param name="stage">The stage.</param>
    /// <param name="rows">What the stage does, in the order of its waves.</param>
    /// <param name="soak">The time from the end of a wave to the start of the next.</param>
    /// <param name="now">The time.</param>
    public static IReadOnlyList<PlannedWave> Of(Batch batch, Stage stage, IEnumerable<PlannedRow> rows, TimeSpan soak, DateTimeOffset now)
    {
        var order = stage.GoesBack() ? WaveOrder.Back : WaveOrder.Forward(soak, now);
        var isUnderWay = BatchStatus.Deploying(batch.Status) == stage;
        var waves = new List<PlannedWave>();
        var before = new List<StageCluster>();
        // What decides about those that come later: how the first wave stands that is not done.
        string? open = null;
        foreach (var wave in rows.Where(r => r.Target is not null).GroupBy(r => r.Target!.Wave))
        {
            var isOver = wave.All(IsDone);
            var soaks = isOver || open is not null ? null : order.SoaksUntil(before);
            var state = isOver && open is null ? Done
                : open is not null ? Later(open)
                : wave.Any(r => HasFailed(batch, stage, r)) ? Failed
                : !isUnderWay ? Planned
                : soaks is not null ? Soaking
                : Running;
            waves.Add(new PlannedWave
            {
                Wave = wave.Key,
                Operations = wave.Count(),
                State = state,
                After = waves.Count == 0 ? null : waves[^1].Wave,
                SoaksUntil = state == Soaking ? soaks : null
            });
            open ??= state == Done ? null : state;
            before.AddRange(wave.Select(r => new StageCluster(r.Target!.Cluster, r.Last?.Status, null, EndedAt: r.Last?.FinishedAt)));
        }
        return waves;
    }

    private static string Later(string open) => open switch
    {
        Failed => Held,
        Planned => Planned,
        _ => Waiting
    };

    /// <summary>Nothing is left to do there: it has succeeded, or there was nothing to do.</summary>
    private static bool IsDone(PlannedRow row) => !row.Moves || row.Last is { Status: OperationStatus.Succeeded, Outdated: false };

    private static bool HasFailed(Batch batch, Stage stage, PlannedRow row) =>
        row.Last is { Status: OperationStatus.Failed or OperationStatus.TimedOut or OperationStatus.Stopped } last && last.Attempt == batch.Attempt(stage);
}
