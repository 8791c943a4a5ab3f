using System.Collections.Concurrent;

namespace DevopsCd.Core.Deployments;

/// <summary>
/// The rows of the stages that this process has moved last, as they are in the database: a stage of 500 applications is looked at whenever one
/// of its operations ends, and nearly all of its rows are as they were. Whoever takes a stage has it alone, and gives it back once its own
/// changes are committed; whoever does not commit loses it, and the next one reads everything.
/// </summary>
internal sealed class StageMemory
{
    private const int Most = 100;

    private readonly ConcurrentDictionary<(long BatchId, Stage Stage), StageContent> _known = new();

    /// <summary>Takes what is known of a stage, to be believed only after a look at its <see cref="StageContent.Mark" />; null when nothing is.</summary>
    public StageContent? Take(long batchId, Stage stage) => _known.TryRemove((batchId, stage), out var content) ? content : null;

    public void Keep(StageContent content)
    {
        if (_known.Count >= Most)
            _known.Clear();
        _known[(content.BatchId, content.Stage)] = content;
    }
}
