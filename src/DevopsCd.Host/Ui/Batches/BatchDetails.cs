using DevopsCd.Contracts.Api;
using DevopsCd.Core.Batches;

namespace DevopsCd.Host.Ui.Batches;

/// <summary>A batch as somebody sees it.</summary>
/// <param name="View">The batch.</param>
/// <param name="Tag">Its ETag: whoever changes the content holds to what they have seen.</param>
/// <param name="Actions">What people can do with a batch, in the order of its life, with what stands in the way now.</param>
/// <param name="MayEdit">The person may change the content, in a state where it can be changed.</param>
public sealed record BatchDetails(BatchView View, string Tag, IReadOnlyList<BatchAction> Actions, bool MayEdit)
{
    /// <summary>The person may move applications into a new batch, in a state where that can be.</summary>
    public bool MaySplit { get; init; }

    /// <summary>What the table of its applications shows beside.</summary>
    internal RowNotes Notes { get; init; } = RowNotes.None;

    /// <summary>The person may have the evidence of the batch.</summary>
    public bool MayReadAudit { get; init; }

    /// <summary>The action that moves the batch on, whoever may take it; null while the engine works and at the end.</summary>
    public BatchAction? Next => Actions.FirstOrDefault(action => action is { IsLegal: true, MovesOn: true });
}

/// <summary>An event that people raise.</summary>
public sealed record BatchAction
{
    /// <summary>The event's key.</summary>
    public required string Event { get; init; }

    /// <summary>Whether the batch's state knows it.</summary>
    public required bool IsLegal { get; init; }

    /// <summary>Whether it leads towards acceptance; else it ends the batch, and asks for a reason.</summary>
    public required bool MovesOn { get; init; }

    /// <summary>Whether it changes what customers use.</summary>
    public required bool MovesProduction { get; init; }

    /// <summary>Whether it takes production back to what ran before.</summary>
    public bool GoesBack { get; init; }

    public required bool ReasonRequired { get; init; }

    /// <summary>Everything that stands in its way; empty when it can be raised.</summary>
    public required IReadOnlyList<ActionObstacle> Obstacles { get; init; }

    public bool IsEnabled => Obstacles.Count == 0;

    /// <summary>Nothing stands in its way but that production would stay half changed, which the person may accept.</summary>
    public bool CanAcceptMoved { get; init; }

    /// <summary>Nothing but a freeze stands in its way, and the person may override it, with a reason.</summary>
    public bool CanOverrideFreeze { get; init; }

    /// <summary>It can be asked for at a later time: nothing stands in its way, or nothing but a freeze.</summary>
    public bool CanBeScheduled { get; init; }

    /// <summary>What it would do can be looked at before.</summary>
    public bool IsChecked { get; init; }

    /// <summary>The stage that it starts, as the API names it; null for one that starts none.</summary>
    public string? Stage { get; init; }
}

/// <summary>Why an event cannot be raised now.</summary>
/// <param name="Guard">The check that refuses it.</param>
/// <param name="Reason">In English, as the API says it.</param>
/// <param name="EarliestAt">When it lifts by itself at the earliest.</param>
public sealed record ActionObstacle(string Guard, string Reason, DateTimeOffset? EarliestAt)
{
    /// <summary>Who can lift it; empty where nobody in particular can.</summary>
    public IReadOnlyList<string> LiftedBy { get; init; } = [];

    /// <summary>The reason as it was said, for readers of other languages.</summary>
    internal Sentence Said { get; init; } = Sentence.Quote(Reason);

    internal static ActionObstacle Of(ShownObstacle obstacle) => new(obstacle.View.Guard, obstacle.View.Reason, obstacle.View.EarliestAt)
    {
        LiftedBy = obstacle.View.CanBeLiftedBy ?? [],
        Said = obstacle.Reason
    };
}
