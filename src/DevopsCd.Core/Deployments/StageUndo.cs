namespace DevopsCd.Core.Deployments;

/// <summary>
/// What a rollback takes back in one place (R19), told by the operations there alone: those that may have changed it since it was last taken
/// back. Pure.
/// </summary>
/// <param name="Undo">What is to be taken back; null where nothing is.</param>
/// <param name="Kept">Why nothing is.</param>
internal sealed record StageUndo(Undo? Undo, string? Kept)
{
    /// <summary>Why an application stays that nothing ran before.</summary>
    public const string New = "new in this batch: nothing ran before it, so it stays";

    /// <summary>Why nothing happens to an application that was never deployed.</summary>
    public const string NotMoved = "this batch has not changed it in production";

    /// <summary>There was something, and it was taken back already.</summary>
    public bool IsDone => Undo is null && Kept is null;

    /// <param name="operations">All of the batch in production there, also those of rollbacks, in the order in which they began.</param>
    public static StageUndo Of(IReadOnlyList<StageOperation> operations)
    {
        var isBack = false;
        var standing = new List<StageOperation>();
        foreach (var operation in operations)
            if (!operation.Stage.GoesBack())
            {
                if (operation.MayHaveMoved)
                    standing.Add(operation);
            }
            else if (operation.Status == OperationStatus.Succeeded)
            {
                isBack = true;
                standing.Clear();
            }
        if (standing.Count == 0)
            return new StageUndo(null, isBack ? null : NotMoved);
        if (standing[0].Previous is { IsNothing: true })
            return new StageUndo(null, New);
        // An attempt that found the batch's own version there, as an earlier one had left it, has not replaced what ran before.
        var replaced = standing.FindLast(o => o.Previous is { Unchanged: false, IsNothing: false })
            ?? (standing.Exists(o => o.Previous is null) ? standing[^1] : standing[0]);
        return new StageUndo(new Undo(replaced.OperationId, replaced.Previous, replaced.Run), null);
    }
}

/// <summary>An operation that is to be taken back.</summary>
/// <param name="OperationId">Its id at the deploy service.</param>
/// <param name="Previous">What ran before it, and is to run again; null where the deploy service has not told.</param>
/// <param name="Run">Which of its runs found that.</param>
internal sealed record Undo(string OperationId, PreviousVersion? Previous, int Run = 0);
