using System.Security.Cryptography;
using System.Text;
using DevopsCd.Contracts;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Data;
using MassTransit;
using MassTransit.Mediator;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Batches;

/// <summary>
/// People's way to the state machine: the same saga through MassTransit's mediator, in this process, so that the answer is
/// the committed result and no broker is needed for it.
/// </summary>
internal sealed class BatchCommands(CdDbContext db, IMediator mediator)
{
    /// <summary>Sends a command and answers with what the audit holds of it.</summary>
    /// <param name="command">One of the events' messages.</param>
    /// <param name="idempotencyKey">The sender's key; the same key with the same command is decided once.</param>
    /// <param name="cancellationToken">Gives up waiting; the command may still be decided.</param>
    public async Task<BatchEvent> Send<T>(T command, string? idempotencyKey, CancellationToken cancellationToken) where T : class
    {
        var messageId = idempotencyKey is null ? NewId.NextGuid() : Key<T>(command, idempotencyKey);
        await mediator.Send(command, c =>
        {
            c.MessageId = messageId;
            c.Headers.Set(EventSource.Header, EventSource.Http);
        }, cancellationToken);
        return await db.BatchEvents.AsNoTracking().SingleAsync(e => e.MessageId == messageId, cancellationToken);
    }

    /// <summary>Sends the command of an event key, or null when there is no such event.</summary>
    public Task<BatchEvent>? Raise(string batchEvent, Guid batchId, string by, string? reason, string? contentHash, int? version, string? idempotencyKey, CancellationToken cancellationToken) => batchEvent switch
    {
        "approve" => Send(new ApproveBatch { BatchId = batchId, Operator = by, Reason = reason, ContentHash = contentHash, ExpectedVersion = version }, idempotencyKey, cancellationToken),
        "reject" => Send(new RejectBatch { BatchId = batchId, Operator = by, Reason = reason ?? "", ExpectedVersion = version }, idempotencyKey, cancellationToken),
        "cancel" => Send(new CancelBatch { BatchId = batchId, Operator = by, Reason = reason ?? "", ExpectedVersion = version }, idempotencyKey, cancellationToken),
        "confirm_tag" => Send(new ConfirmBatchTag { BatchId = batchId, Operator = by, Reason = reason, ExpectedVersion = version }, idempotencyKey, cancellationToken),
        "start_pre_deploy" => Send(new StartPreDeploy { BatchId = batchId, Operator = by, Reason = reason, ExpectedVersion = version }, idempotencyKey, cancellationToken),
        "start_prod_deploy" => Send(new StartProdDeploy { BatchId = batchId, Operator = by, Reason = reason, ExpectedVersion = version }, idempotencyKey, cancellationToken),
        "final_accept" => Send(new AcceptBatch { BatchId = batchId, Operator = by, Reason = reason, ExpectedVersion = version }, idempotencyKey, cancellationToken),
        "pre_deploy_completed" => Send(new PreDeployCompleted { BatchId = batchId, Operator = by }, idempotencyKey, cancellationToken),
        "pre_deploy_failed" => Send(new PreDeployFailed { BatchId = batchId, Operator = by, Reason = reason ?? "reported without a reason" }, idempotencyKey, cancellationToken),
        "prod_deploy_completed" => Send(new ProdDeployCompleted { BatchId = batchId, Operator = by }, idempotencyKey, cancellationToken),
        "prod_deploy_failed" => Send(new ProdDeployFailed { BatchId = batchId, Operator = by, Reason = reason ?? "reported without a reason" }, idempotencyKey, cancellationToken),
        _ => null
    };

    private static Guid Key<T>(T command, string idempotencyKey) where T : class => new(SHA256.HashData(Encoding.UTF8.GetBytes(
        $"{typeof(T).Name}|{EventFields<T>.Operator(command)}|{(typeof(T) == typeof(CreateBatch) ? Guid.Empty : EventFields<T>.BatchId(command)):N}|{idempotencyKey}")).AsSpan(0, 16));
}
