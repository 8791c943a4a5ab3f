using System.Net.Mime;
using System.Text.Json;
using DevopsCd.Core.MessageContracts;
using MassTransit;
using MassTransit.Serialization;

namespace DevopsCd.Host.Broker;

/// <summary>
/// Reads plain JSON of any producer: the type comes from the header <c>MT-MessageType</c> or from the exchange, so that one endpoint takes
/// all contracts. It is the default deserializer: a message without content type is taken for JSON.
/// </summary>
internal sealed class PlainJsonDeserializer(SenderRights rights) : IMessageDeserializer
{
    private static readonly SystemTextJsonRawMessageSerializer s_raw = new(RawSerializerOptions.CopyHeaders);

    public ContentType ContentType => SystemTextJsonRawMessageSerializer.JsonContentType;

    public ConsumeContext Deserialize(ReceiveContext receiveContext)
    {
        if (DeliveryInfo.ContentTypeOf(receiveContext) is { } mediaType && !IsJson(mediaType))
            throw new MessageRefusedException($"content type '{mediaType}' is not understood; send application/json");
        if (receiveContext.Body.Length is { } length && length > ContractReader.LargestBody)
            throw new MessageRefusedException($"the body has {length} bytes; at most {ContractReader.LargestBody} are taken");

        var contract = ContractOf(receiveContext);
        var json = ContractReader.Parse(receiveContext.Body.GetBytes());
        var user = DeliveryInfo.UserOf(receiveContext);
        rights.Check(contract, json, user);
        var message = ContractReader.Read(contract.Type, json);

        var recognised = new MessageIdentity([contract.Urn], DeliveryInfo.IdOf(receiveContext, contract.Name));
        receiveContext.AddOrUpdatePayload(() => recognised, _ => recognised);
        var context = new VerifiedMessageContext(
            new RawMessageContext(receiveContext.TransportHeaders, receiveContext.InputAddress, RawSerializerOptions.CopyHeaders),
            recognised.MessageId,
            user);
        return new BodyConsumeContext(receiveContext, new SystemTextJsonSerializerContext(
            SystemTextJsonMessageSerializer.Instance, SystemTextJsonMessageSerializer.Options, ContentType, context, recognised.Types, message: message));
    }

    // Stored and forwarded bodies were checked when they came in.
    public SerializerContext Deserialize(MessageBody body, Headers headers, Uri? destinationAddress = null) =>
        s_raw.Deserialize(body, headers, destinationAddress);

    public MessageBody GetMessageBody(string text) => s_raw.GetMessageBody(text);

    public void Probe(ProbeContext context) => context.CreateScope("plainJson").Add("contentType", ContentType.MediaType);

    private static bool IsJson(string contentType) =>
        contentType.Split(';')[0].Trim().ToLowerInvariant() is "application/json" or "text/json" or "application/octet-stream" or "";

    private static ContractType ContractOf(ReceiveContext context)
    {
        var published = DeliveryInfo.ContractOf(context);
        var named = context.TransportHeaders.TryGetHeader(MessageHeaders.MessageType, out var header) ? header as string : null;
        if (named is null)
            return published ?? throw new MessageRefusedException(
                $"the message type is unknown: publish to an exchange of the contracts or name the type in the header {MessageHeaders.MessageType}");

        var contract = ContractCatalogue.ByName(named.Split(';')[0].Trim())
            ?? throw new MessageRefusedException($"the header {MessageHeaders.MessageType} names '{named}', which is not a message of DevopsCd");

        // The broker checked the right to write to the exchange; a header must not turn that into the right to send another message.
        return published is null || published == contract
            ? contract
            : throw new MessageRefusedException($"the header {MessageHeaders.MessageType} names {contract.Name}, but it was published to {published.Exchange}");
    }
}
