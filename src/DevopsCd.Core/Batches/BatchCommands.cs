using System.Linq.Expressions;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using DevopsCd.Contracts;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Consuming;
using DevopsCd.Core.Data;
using DevopsCd.Core.Observability;
using DevopsCd.Shared;
using MassTransit;
using MassTransit.Mediator;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Core.Batches;

/// <summary>
/// People's way to the state machine: the same saga through MassTransit's mediator, in this process, so that the answer is
/// the committed result and no broker is needed for it.
/// </summary>
internal sealed class BatchCommands(CdDbContext db, IServiceScopeFactory scopes, BatchDoor door, BatchTransitionTable lifecycle, TimeProvider clock)
{
    private static readonly TimeSpan s_untilNextLook = TimeSpan.FromMilliseconds(100);

    /// <summary>Creates a batch.</summary>
    /// <param name="command">The batch wanted.</param>
    /// <param name="asker">Who wants it, and must have the right.</param>
    /// <param name="idempotencyKey">The sender's key; the same key with the same command is decided once. A refusal for wrong input or for want of a right is no decision.</param>
    /// <param name="cancellationToken">Gives up waiting; the command may still be decided.</param>
    /// <param name="split">What it is split from; null where it is new.</param>
    /// <returns>What was decided, and is committed.</returns>
    /// <exception cref="BatchRefusedException">The key was used for another command.</exception>
    public Task<CommandResult> CreateAsync(
        CreateBatch command, Subject asker, string? idempotencyKey, CancellationToken cancellationToken, SplitOrigin? split = null) =>
        SendAsync(BatchEventTypes.Of<CreateBatch>()!, command, command.Operator, asker, command.BatchId, idempotencyKey, cancellationToken, split);

    /// <summary>Creates the batch that a person asks for.</summary>
    /// <inheritdoc cref="CreateAsync(CreateBatch, Subject, string?, CancellationToken, SplitOrigin?)" />
    public Task<CommandResult> CreateAsync(NewBatch wanted, Subject asker, string? idempotencyKey, CancellationToken cancellationToken) =>
        CreateAsync(new CreateBatch
        {
            BatchId = NewId.NextGuid(),
            Title = wanted.Title,
            BatchNumber = wanted.BatchNumber,
            Project = wanted.Project,
            Operator = asker.Operator,
            Releases = wanted.Releases
        }, asker, idempotencyKey, cancellationToken);

    /// <summary>Raises an event for a request.</summary>
    /// <returns>What was decided, and is committed.</returns>
    /// <exception cref="BatchRefusedException">The key was used for another command.</exception>
    public Task<CommandResult> RaiseAsync(BatchEventType type, EventRequest request, Subject asker, string? idempotencyKey,
        CancellationToken cancellationToken) =>
        SendAsync(type, type.Compose(request) ?? throw new ArgumentException($"{type.Key} cannot be requested", nameof(type)), request.Operator, asker,
            request.BatchId, idempotencyKey, cancellationToken);

    private async Task<CommandResult> SendAsync(BatchEventType type, object command, string by, Subject asker, Guid batchId, string? idempotencyKey,
        CancellationToken cancellationToken, SplitOrigin? split = null)
    {
        var tryId = NewId.NextGuid();
        var origin = idempotencyKey is null
            ? new EventOrigin(EventSource.Http, tryId, null, tryId)
            : new EventOrigin(EventSource.Http, Key(type.MessageType.Name, by, type.Creates ? Guid.Empty : batchId, idempotencyKey),
                RequestHash(command, split), tryId);
        origin = origin with { Asker = asker, Split = split };
        if (await DatabaseRetry.RunAsync(() => door.LookAsync(asker, type, batchId, command as CreateBatch, cancellationToken),
            cancellationToken) is { } denied)
            return CommandResult.Of(await DatabaseRetry.RunAsync(() => RecordAsync(denied, batchId, type.Key, by, origin, cancellationToken),
                cancellationToken) ?? throw denied, lifecycle) with
            { Refused = denied };
        if (idempotencyKey is not null && await DecidedAsync(origin, cancellationToken) is { } before)
            return before;
        try
        {
            // A try whose end nobody saw may have been committed: the next one asks.
            var isNew = idempotencyKey is null;
            var row = await DatabaseRetry.RunAsync(() =>
            {
                var once = origin with { IsNew = isNew };
                isNew = false;
                return TryAsync(command, once, cancellationToken);
            }, cancellationToken);
            return CommandResult.Of(row, lifecycle);
        }
        catch (Exception refusal) when (RefusalFilter.RefusalIn(refusal) is { } refused)
        {
            if (await DatabaseRetry.RunAsync(() => RecordAsync(refused, batchId, type.Key, by, origin, cancellationToken), cancellationToken) is { } row)
                return CommandResult.Of(row, lifecycle) with { Refused = refused };
        }
        catch (Exception repetition) when (RefusalFilter.IsAnswer(repetition))
        {
            // Decided in this instant by another request under the same key, or by a try of this one whose commit nobody saw.
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            Metrics.Faulted(type.Key);
            throw;
        }
        return await DecidedAsync(origin, cancellationToken)
            ?? throw new InvalidOperationException($"the audit does not hold the outcome of message {origin.MessageId}");
    }

    /// <summary>One try, in a scope of its own: the journal of that scope has the row that was committed.</summary>
    private async Task<BatchEvent> TryAsync(object command, EventOrigin origin, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<IScopedMediator>().Send(command, command.GetType(), Pipe.Execute<SendContext>(c =>
        {
            c.MessageId = origin.MessageId;
            c.GetOrAddPayload(() => origin);
        }), cancellationToken);
        return scope.ServiceProvider.GetRequiredService<AuditWriter>().Accepted
            ?? throw new InvalidOperationException($"message {origin.MessageId} was neither accepted nor refused");
    }

    private async Task<BatchEvent?> RecordAsync(BatchRefusedException refused, Guid batchId, string batchEvent, string by, EventOrigin origin,
        CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<RefusalRecorder>().WriteAsync(refused, batchId, batchEvent, by, origin, cancellationToken);
    }

    /// <summary>What was decided under a key, also in this instant by another request.</summary>
    private async Task<CommandResult?> DecidedAsync(EventOrigin origin, CancellationToken cancellationToken)
    {
        var row = await LookedAsync(e => e.MessageId == origin.MessageId, cancellationToken);
        return row?.RequestHash is null || row.RequestHash == origin.RequestHash
            ? row is null ? null : CommandResult.Of(row, lifecycle)
            : throw BatchRefusedException.Content("Idempotency-Key", "was used for another request; the same key stands for the same request only");
    }

    /// <summary>What is committed is answered: a connection that cannot be had at the moment is waited for.</summary>
    private async Task<BatchEvent?> LookedAsync(Expression<Func<BatchEvent, bool>> which, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await db.BatchEvents.AsNoTracking().SingleOrDefaultAsync(which, cancellationToken);
            }
            catch (Exception exception) when (DatabaseFailures.IsTransient(exception) && !cancellationToken.IsCancellationRequested)
            {
                await Task.Delay(s_untilNextLook, clock, cancellationToken);
            }
        }
    }

    /// <summary>All that was asked, but for the id that is made anew for each request.</summary>
    private static string RequestHash(object command, SplitOrigin? split)
    {
        var asked = JsonSerializer.SerializeToNode(command, command.GetType(), JsonSerializerOptions.Web)!.AsObject();
        asked.Remove("batchId");
        if (split is not null)
            asked.Add("split", JsonSerializer.SerializeToNode(split, JsonSerializerOptions.Web));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(asked.ToJsonString())));
    }

    private static Guid Key(string name, string by, Guid batchId, string idempotencyKey) =>
        DerivedId.From("command", $"{name}|{by}|{batchId:N}|{idempotencyKey}");
}
