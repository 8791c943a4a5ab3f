using DevopsCd.Contracts;

namespace DevopsCd.Core.Batches.Delivery;

/// <summary>One attempt of a batch to get into production, from a person's start to its end.</summary>
/// <param name="BatchId">The batch's correlation id.</param>
/// <param name="StartedAt">When somebody started it.</param>
/// <param name="EndedAt">When it came to an end; null while it runs.</param>
/// <param name="Succeeded">Production took it.</param>
/// <param name="FailedAt">When it was known to be bad: it failed, or somebody asked for its rollback. Null while it is good.</param>
/// <param name="RestoredAt">When production was well again: taken back, or repaired by a later release. Null while it is not.</param>
/// <param name="Repairs">It follows one of the same batch that went wrong.</param>
internal sealed record ProductionRun(
    Guid BatchId, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, bool Succeeded, DateTimeOffset? FailedAt, DateTimeOffset? RestoredAt, bool Repairs)
{
    private static readonly string s_started = Key<StartProdDeploy>(), s_taken = Key<ProdDeployCompleted>(), s_failed = Key<ProdDeployFailed>(),
        s_stopped = Key<ProdDeployStopped>(), s_goesBack = Key<StartProdRollback>(), s_wentBack = Key<ProdRollbackCompleted>();

    /// <summary>The events that it is read from.</summary>
    public static IReadOnlyList<string> Events => [s_started, s_taken, s_failed, s_stopped, s_goesBack, s_wentBack];

    /// <summary>The attempts of batches.</summary>
    /// <param name="events">What was accepted, in its order.</param>
    /// <param name="applications">The applications of each batch: a later release of one of them repairs what an earlier one has broken.</param>
    public static IReadOnlyList<ProductionRun> Of(
        IReadOnlyList<(Guid BatchId, string Event, DateTimeOffset At)> events, ILookup<Guid, long> applications)
    {
        var runs = events.GroupBy(e => e.BatchId).SelectMany(OfBatch).OrderBy(run => run.StartedAt).ToList();
        for (var i = 0; i < runs.Count; i++)
            if (runs[i] is { FailedAt: { } failed, RestoredAt: null } broken)
            {
                var touched = applications[broken.BatchId].ToHashSet();
                runs[i] = broken with
                {
                    RestoredAt = runs.Skip(i + 1).Where(run => run.Succeeded && run.EndedAt > failed && applications[run.BatchId].Any(touched.Contains))
                        .Min(run => run.EndedAt)
                };
            }
        return runs;
    }

    private static List<ProductionRun> OfBatch(IEnumerable<(Guid BatchId, string Event, DateTimeOffset At)> events)
    {
        var runs = new List<ProductionRun>();
        foreach (var (batchId, name, at) in events)
        {
            if (name == s_started)
            {
                runs.Add(new ProductionRun(batchId, at, null, false, null, null, runs.Exists(run => run.FailedAt is not null)));
                continue;
            }
            if (runs.Count == 0)
                continue;
            var last = runs[^1];
            if (name == s_taken)
                last = last with { EndedAt = at, Succeeded = true };
            else if (name == s_failed)
                last = last with { EndedAt = at, FailedAt = last.FailedAt ?? at };
            else if (name == s_stopped)
                last = last with { EndedAt = at };
            else if (name == s_goesBack)
                last = last with { FailedAt = last.FailedAt ?? at };
            runs[^1] = last;
            if (name == s_taken || name == s_wentBack)
                for (var i = 0; i < runs.Count; i++)
                    if (runs[i] is { FailedAt: { } failed, RestoredAt: null } && failed < at)
                        runs[i] = runs[i] with { RestoredAt = at };
        }
        return runs;
    }

    private static string Key<T>() where T : class => BatchEventTypes.Of<T>()!.Key;
}
