using DevopsCd.Contracts;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Data;
using MassTransit;
using MassTransit.Mediator;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DevopsCd.Core.Deployments;

/// <summary>
/// The ends of stages that this transaction has found under its batch's lock. They are raised on the state machine before it commits, so
/// that what ended a stage and the end itself are one: no letter that may be lost, and no second computation to believe it.
/// </summary>
internal sealed class StageEnds(CdDbContext db, IServiceProvider scope, ILogger<StageEnds> log)
{
    private readonly Queue<(Batch Batch, BatchEventType Type, object Message, Guid Id)> _waiting = new();
    private (Guid BatchId, Stage Stage, int Attempt, StageDecision Decision, bool Moved)? _last;

    /// <summary>The stage has ended; <see cref="RaiseAsync" /> says so.</summary>
    /// <param name="batch">Locked by this transaction.</param>
    /// <param name="stage">Its stage.</param>
    /// <param name="decision">How it has ended.</param>
    /// <param name="summary">Of a failed one: what has failed.</param>
    /// <param name="moved">Whether an application may run the new version.</param>
    public void Add(Batch batch, Stage stage, StageDecision decision, string summary, bool moved)
    {
        var (batchId, attempt) = (batch.CorrelationId, batch.Attempt(stage));
        var message = decision == StageDecision.Stopped ? Stopped(stage, batchId, attempt)
            : BatchEventTypes.EndOf(stage, decision == StageDecision.Completed)
                .Compose(new EventRequest { BatchId = batchId, Operator = Operators.Engine, Attempt = attempt, Reason = summary })!;
        _waiting.Clear();
        _waiting.Enqueue((batch, BatchEventTypes.All.Single(type => type.MessageType == message.GetType()), message,
            EngineMessageId.Of(batchId, message.GetType().Name, attempt)));
        _last = (batchId, stage, attempt, decision, moved);
    }

    private static object Stopped(Stage stage, Guid batchId, int attempt) => stage.CanBeTakenBack()
        ? new ProdDeployStopped { BatchId = batchId, Operator = Operators.Engine, Attempt = attempt }
        : new DeployStopped { BatchId = batchId, Operator = Operators.Engine, Attempt = attempt };

    /// <summary>Whether this transaction has found the stage's end itself; else it is a letter's word, and to be looked into.</summary>
    public bool Found(Batch batch, Stage stage, StageDecision decision) =>
        _last is { } last && (last.BatchId, last.Stage, last.Attempt, last.Decision) == (batch.CorrelationId, stage, batch.Attempt(stage), decision);

    /// <summary>Of the end that was found: whether an application may run the new version; null when none was.</summary>
    public bool? Moved(Batch batch, Stage stage) => _last is { } last && (last.BatchId, last.Stage) == (batch.CorrelationId, stage) ? last.Moved : null;

    /// <summary>Raises what has ended, in this scope and in its transaction. To be called once whatever else the transaction does is done.</summary>
    public async Task RaiseAsync(CancellationToken cancellationToken)
    {
        while (_waiting.TryDequeue(out var end))
        {
            // Asked before, because a refusal would undo what ended: the stage stays open, and the scan's look at it asks again.
            var obstacles = await scope.GetRequiredService<EventGuards>()
                .ObstaclesAsync(new EventQuestion(end.Batch, end.Type, end.Type.ReadMessage(end.Message)), cancellationToken);
            if (obstacles.Count > 0)
            {
                log.EndWaits(end.Batch.BatchNumber, end.Type.Key, string.Join("; ", obstacles.Select(o => o.Reason)));
                continue;
            }
            // A letter of the same id may have come too early, from an older version of this program, and was refused: that one is in the audit.
            var id = await db.BatchEvents.AnyAsync(e => e.MessageId == end.Id, cancellationToken) ? NewId.NextGuid() : end.Id;
            await scope.GetRequiredService<IScopedMediator>().Send(end.Message, end.Message.GetType(), Pipe.Execute<SendContext>(c =>
            {
                c.MessageId = id;
                c.GetOrAddPayload(() => new EventOrigin(EventSource.Engine, id) { IsNew = true });
            }), cancellationToken);
        }
    }
}
