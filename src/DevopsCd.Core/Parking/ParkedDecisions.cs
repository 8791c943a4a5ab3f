using System.Text.Json;
using DevopsCd.Core.Access;
using DevopsCd.Core.Data;
using DevopsCd.Core.MessageContracts;
using DevopsCd.Shared;
using MassTransit;
using MassTransit.Serialization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace DevopsCd.Core.Parking;

/// <summary>Sends a parked message again, or lays it aside. Decision and message leave in one transaction.</summary>
internal sealed class ParkedDecisions(
    CdDbContext db, IPublishEndpoint publish, ISendEndpointProvider send, Senders senders, TimeProvider clock, ILogger<ParkedDecisions> log)
{
    public const string ReplayedBy = "DevopsCd-Replayed-By";

    /// <param name="id">The parked message.</param>
    /// <param name="correction">A JSON body to send instead; null sends what was parked.</param>
    /// <param name="messageType">Its type, where the parked message does not say.</param>
    /// <param name="by">The person. What is sent as it was counts as its first sender's; what was corrected, as theirs.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="MessageRefusedException">It is still wrong.</exception>
    public async Task<ParkedDecision> ReplayAsync(long id, JsonElement? correction, string? messageType, Subject by, CancellationToken cancellationToken)
    {
        var who = by.Operator;
        var row = await db.Set<ParkedMessage>().FindAsync([id], cancellationToken);
        if (Before(row, ParkedStatus.Replayed) is { } before)
            return await ToldAsync(before, row, ParkedStatus.Replayed, who, cancellationToken);
        try
        {
            var (contract, message, json) = Read(row!, correction, messageType);
            var messageId = correction is null && row!.MessageId is { } kept
                ? kept
                : DerivedId.From($"parked {row!.Id}", JsonSerializer.SerializeToUtf8Bytes(json));
            await SendAsync(row, message, contract, messageId, correction is null ? Sender(row) : by, who, cancellationToken);
        }
        catch (MessageRefusedException refused)
        {
            await RefuseAsync(row!.Id, ParkedStatus.Replayed, who, refused.Message, cancellationToken);
            throw;
        }

        return await ResolveAsync(row, ParkedStatus.Replayed, who, correction is null ? "as it was" : "corrected", cancellationToken);
    }

    public async Task<ParkedDecision> DiscardAsync(long id, string reason, string who, CancellationToken cancellationToken)
    {
        var row = await db.Set<ParkedMessage>().FindAsync([id], cancellationToken);
        return Before(row, ParkedStatus.Discarded) is { } before
            ? await ToldAsync(before, row, ParkedStatus.Discarded, who, cancellationToken)
            : await ResolveAsync(row!, ParkedStatus.Discarded, who, reason, cancellationToken);
    }

    private static (Type Contract, object Message, JsonElement Json) Read(ParkedMessage row, JsonElement? correction, string? messageType)
    {
        if (row.Truncated && correction is null)
            throw new MessageRefusedException($"the body was cut at {ParkedMessage.LargestBody} of {row.BodySize} bytes; send a corrected body");
        var (contract, json) = Content(row, correction, messageType);
        return (contract, ContractReader.Read(contract, json), json);
    }

    private Subject Sender(ParkedMessage row) => senders.Of(JsonSerializer.Deserialize<Dictionary<string, string>>(row.Headers)!);

    private static ParkedDecision? Before(ParkedMessage? row, ParkedStatus wanted) => row switch
    {
        null => ParkedDecision.NotFound,
        { Status: ParkedStatus.Parked } => null,
        _ => row.Status == wanted ? ParkedDecision.AlreadySo : ParkedDecision.DecidedOtherwise,
    };

    private static (Type Contract, JsonElement Json) Content(ParkedMessage row, JsonElement? correction, string? messageType)
    {
        if (correction is { } corrected)
            return (TypeOf(messageType ?? row.MessageType ?? row.Exchange), corrected);

        var json = ContractReader.Parse(row.Body);
        var isEnvelope = row.ContentType?.StartsWith("application/vnd.masstransit+json", StringComparison.OrdinalIgnoreCase) ?? false;
        if (!isEnvelope)
            return (TypeOf(messageType ?? row.MessageType ?? row.Exchange), json);

        var envelope = json.Deserialize<MessageEnvelope>(SystemTextJsonMessageSerializer.Options);
        return envelope?.Message is JsonElement inner
            ? (TypeOf(messageType ?? envelope.MessageType?.FirstOrDefault()), inner)
            : throw new MessageRefusedException("the envelope contains no message");
    }

    private static Type TypeOf(string? name)
    {
        if (name is null)
            throw new MessageRefusedException("nothing says which message this is; send its messageType");
        return ContractCatalogue.ByName(name)?.Type ?? throw new MessageRefusedException($"'{name}' is not a message of DevopsCd");
    }

    private async Task SendAsync(ParkedMessage row, object message, Type contract, Guid messageId, Subject asker, string who,
        CancellationToken cancellationToken)
    {
        if (QueueNames.HasNoConsumer(row.Queue))
        {
            await publish.Publish(message, contract, Pipe.Execute<PublishContext>(Stamp), cancellationToken);
            return;
        }

        // Not "queue:": that would declare the queue again, without the arguments it has.
        var endpoint = await send.GetSendEndpoint(new Uri($"exchange:{row.Queue}"));
        await endpoint.Send(message, contract, Pipe.Execute<SendContext>(Stamp), cancellationToken);

        void Stamp(SendContext context)
        {
            context.MessageId = messageId;
            context.Headers.Set(ReplayedBy, who);
            if (!asker.IsEngine)
                Senders.Stamp(context, asker);
        }
    }

    private async Task<ParkedDecision> ResolveAsync(
        ParkedMessage row, ParkedStatus status, string who, string resolution, CancellationToken cancellationToken)
    {
        row.Status = status;
        row.ResolvedBy = who;
        row.ResolvedAt = clock.GetUtcNow();
        row.Resolution = resolution;
        db.Add(Action(row.Id, status, true, who, resolution));
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            // Somebody else decided between our read and our write: nothing of ours was stored, nothing was sent.
            db.ChangeTracker.Clear();
            var now = await db.Set<ParkedMessage>().AsNoTracking().FirstOrDefaultAsync(m => m.Id == row.Id, cancellationToken);
            return await ToldAsync(Before(now, status) ?? ParkedDecision.DecidedOtherwise, now, status, who, cancellationToken);
        }

        log.Resolved(row.Id, status.ToString(), who);
        return ParkedDecision.Done;
    }

    /// <summary>A decision that comes too late is kept as well; the same one again is none.</summary>
    private async Task<ParkedDecision> ToldAsync(ParkedDecision decision, ParkedMessage? row, ParkedStatus wanted, string who,
        CancellationToken cancellationToken)
    {
        if (decision == ParkedDecision.DecidedOtherwise && row is not null)
            await RefuseAsync(row.Id, wanted, who, $"{row.ResolvedBy} has already decided", cancellationToken);
        return decision;
    }

    private async Task RefuseAsync(long id, ParkedStatus wanted, string who, string why, CancellationToken cancellationToken)
    {
        db.Add(Action(id, wanted, false, who, why));
        await db.SaveChangesAsync(cancellationToken);
        log.NotResolved(id, wanted.ToString(), who, why);
    }

    private ParkedAction Action(long id, ParkedStatus wanted, bool done, string who, string detail) =>
        new() { ParkedId = id, Action = wanted, Done = done, Operator = who, Detail = detail, At = clock.GetUtcNow() };
}
