namespace DevopsCd.Core.Releases;

/// <summary>What is true of each place of a gate, whatever the batch.</summary>
internal static class GatePoints
{
    /// <summary>The gates that hold the start of a stage; none hold one that goes back.</summary>
    public static GatePoint? Before(Stage stage) => stage switch
    {
        Stage.Pre => GatePoint.BeforePre,
        Stage.Prod => GatePoint.BeforeProd,
        _ => null
    };

    /// <summary>The gates that belong to a stage and decide its end; none belong to one that goes back.</summary>
    public static GatePoint? After(Stage stage) => stage switch
    {
        Stage.Pre => GatePoint.AfterPre,
        Stage.Prod => GatePoint.AfterProd,
        _ => null
    };

    /// <summary>The gates that an event has to pass: it is held by them, or it ends the stage that they belong to.</summary>
    public static GatePoint? Of(BatchEventType type) => type switch
    {
        { Seals: true } => GatePoint.BeforeSeal,
        { StageEffect: StageEffect.Begins, Stage: { } stage } => Before(stage),
        { StageEffect: StageEffect.Ends, Tone: EventTone.Good, Stage: { } stage } => After(stage),
        _ => null
    };

    /// <summary>The event that people raise and that such gates hold; of those of a stage, the one that begins it.</summary>
    public static BatchEventType Asker(GatePoint point) => BatchEventTypes.All.Single(type =>
        (type.Seals && point == GatePoint.BeforeSeal)
        || (type is { StageEffect: StageEffect.Begins, Stage: { } stage } && (Before(stage) == point || After(stage) == point)));

    /// <summary>The gates that are asked as soon as a batch is in a state, because what they hold is legal there.</summary>
    public static GatePoint? OpenIn(string status) => status switch
    {
        BatchStatus.Approved => GatePoint.BeforeSeal,
        BatchStatus.Sealed => GatePoint.BeforePre,
        BatchStatus.PreDeployed => GatePoint.BeforeProd,
        _ => null
    };

    /// <summary>Whether a batch in a state has still to come by gates of that place.</summary>
    public static bool IsAhead(this GatePoint point, string status) => status switch
    {
        BatchStatus.PendingApproval or BatchStatus.Approved => true,
        BatchStatus.Sealed => point != GatePoint.BeforeSeal,
        BatchStatus.PreDeploying => point is not (GatePoint.BeforeSeal or GatePoint.BeforePre),
        BatchStatus.PreDeployed => point is GatePoint.BeforeProd or GatePoint.AfterProd,
        BatchStatus.ProdDeploying => point == GatePoint.AfterProd,
        _ => false
    };

    /// <summary>Whether gates there belong to a stage that runs, instead of holding an event.</summary>
    public static bool BelongsToStage(this GatePoint point) => Stages.All.Any(stage => After(stage) == point);

    /// <summary>Whether a batch is where gates of that place are decided.</summary>
    public static bool IsOpenFor(this GatePoint point, Batch batch) =>
        OpenIn(batch.Status) == point || (batch.Running is { } stage && After(stage) == point);

    /// <summary>What a result counts for besides the content: the next seal by its number, or the attempt of the stage.</summary>
    public static int Attempt(this GatePoint point, Batch batch)
    {
        foreach (var stage in Stages.All)
        {
            if (Before(stage) == point)
                return batch.Attempt(stage) + 1;
            if (After(stage) == point)
                return batch.Attempt(stage);
        }
        return batch.SealNumber + 1;
    }
}
