using System.Net.Mime;
using System.Text.Json;
using DevopsCd.Core.MessageContracts;
using MassTransit;
using MassTransit.Serialization;

namespace DevopsCd.Host.Broker;

/// <summary>Reads MassTransit's envelopes as MassTransit does, and holds what is inbound to the same rules as plain JSON.</summary>
internal sealed class EnvelopeDeserializer(SenderRights rights) : IMessageDeserializer
{
    private static readonly SystemTextJsonMessageSerializer s_inner = SystemTextJsonMessageSerializer.Instance;

    public ContentType ContentType => SystemTextJsonMessageSerializer.JsonContentType;

    public ConsumeContext Deserialize(ReceiveContext receiveContext)
    {
        var envelope = Read(receiveContext);
        var types = envelope.MessageType ?? [];
        var published = DeliveryInfo.ContractOf(receiveContext);
        var contract = published ?? types.Select(ContractCatalogue.ByName).FirstOrDefault(c => c is not null);
        if (types.Length == 0)
            throw new MessageRefusedException("the envelope names no messageType");
        if (published is not null && !types.Contains(published.Urn))
            throw new MessageRefusedException($"the envelope's messageType is {string.Join(", ", types)}, but it was published to {published.Exchange}");

        var user = DeliveryInfo.UserOf(receiveContext);
        object? message = null;
        if (contract is { IsInbound: true })
        {
            var json = envelope.Message is JsonElement element
                ? element
                : throw new MessageRefusedException($"{contract.Name}: the envelope contains no message");
            rights.Check(contract, json, user);
            message = ContractReader.Read(contract.Type, json);
            types = [contract.Urn];
        }

        var inner = new EnvelopeMessageContext(envelope, s_inner);
        var recognised = new MessageIdentity(types, inner.MessageId ?? DeliveryInfo.IdOf(receiveContext, contract?.Name ?? types[0]));
        receiveContext.AddOrUpdatePayload(() => recognised, _ => recognised);
        var context = new VerifiedMessageContext(inner, recognised.MessageId, user);
        return new BodyConsumeContext(receiveContext, new SystemTextJsonSerializerContext(
            s_inner, SystemTextJsonMessageSerializer.Options, ContentType, context, types, envelope, message));
    }

    // Stored and forwarded bodies were checked when they came in.
    public SerializerContext Deserialize(MessageBody body, Headers headers, Uri? destinationAddress = null) =>
        s_inner.Deserialize(body, headers, destinationAddress);

    public MessageBody GetMessageBody(string text) => s_inner.GetMessageBody(text);

    public void Probe(ProbeContext context) => s_inner.Probe(context);

    private static MessageEnvelope Read(ReceiveContext context)
    {
        // Our own envelopes of inner messages may be larger than what strangers may send.
        if (context.Body.Length is { } length && length > ContractReader.LargestBody && DeliveryInfo.ContractOf(context) is { IsInbound: true })
            throw new MessageRefusedException($"the body has {length} bytes; at most {ContractReader.LargestBody} are taken");
        try
        {
            return JsonSerializer.Deserialize<MessageEnvelope>(context.Body.GetBytes(), SystemTextJsonMessageSerializer.Options)
                ?? throw new MessageRefusedException("the body is not an envelope");
        }
        catch (JsonException malformed)
        {
            throw new MessageRefusedException($"the body is not a valid envelope: {malformed.Message}");
        }
    }
}
