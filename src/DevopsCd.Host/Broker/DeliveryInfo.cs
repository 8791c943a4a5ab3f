using System.Globalization;
using DevopsCd.Core.Access;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.MessageContracts;
using DevopsCd.Core.Parking;
using DevopsCd.Shared;
using MassTransit;

namespace DevopsCd.Host.Broker;

/// <summary>What the transport knows of a delivery beyond MassTransit's own view.</summary>
internal static class DeliveryInfo
{
    /// <summary>The header consumers find the broker-verified user in; a sender cannot set it.</summary>
    public const string VerifiedUser = EventSource.VerifiedUser;

    private const int LongestHeader = 1000;

    public static string QueueOf(ReceiveContext context) => context.InputAddress.AbsolutePath.Split('/')[^1];

    /// <summary>The exchange it was first published to; null in memory and when it was sent to a queue.</summary>
    public static string? ExchangeOf(ReceiveContext context) =>
        context.TryGetPayload<RabbitMqBasicConsumeContext>(out var rabbit) && rabbit.Exchange.Length > 0 ? rabbit.Exchange : null;

    /// <summary>The contract whose exchange it came through: the broker's permissions were checked against that one.</summary>
    public static ContractType? ContractOf(ReceiveContext context) => ContractCatalogue.ByExchange(ExchangeOf(context));

    public static string? UserOf(ReceiveContext context) =>
        context.TryGetPayload<RabbitMqBasicConsumeContext>(out var rabbit) && rabbit.Properties.IsUserIdPresent() ? rabbit.Properties.UserId : null;

    public static string? ContentTypeOf(ReceiveContext context) =>
        context.TryGetPayload<RabbitMqBasicConsumeContext>(out var rabbit) && rabbit.Properties.IsContentTypePresent()
            ? rabbit.Properties.ContentType
            : context.ContentType?.MediaType;

    /// <summary>
    /// The sender's message id where it is a UUID; one made from the sender's own text and the content where it is not, because a pipeline's
    /// number is soon used again; one made from the content where there is none. A timestamp tells two equal orders apart.
    /// </summary>
    public static Guid IdOf(ReceiveContext context, string contract)
    {
        if (context.TryGetPayload<RabbitMqBasicConsumeContext>(out var rabbit))
        {
            if (rabbit.Properties.IsMessageIdPresent() && rabbit.Properties.MessageId is { Length: > 0 } text)
                return Guid.TryParse(text, out var id) && id != Guid.Empty
                    ? id
                    : DerivedId.From($"{contract} id {text}", context.Body.GetBytes());
            if (rabbit.Properties.IsTimestampPresent())
                contract += rabbit.Properties.Timestamp.UnixTime.ToString(CultureInfo.InvariantCulture);
        }

        return DerivedId.From(contract, context.Body.GetBytes());
    }

    public static ParkedDelivery ToPark(ReceiveContext context, string reason, IReadOnlyList<string>? fields = null)
    {
        var contract = ContractOf(context);
        return new ParkedDelivery
        {
            Queue = QueueOf(context),
            Exchange = ExchangeOf(context),
            MessageType = TypeOf(context, contract),
            MessageId = context.TryGetPayload<MessageIdentity>(out var recognised) ? recognised.MessageId : IdOf(context, contract?.Name ?? ""),
            ContentType = ContentTypeOf(context),
            Headers = HeadersOf(context),
            Body = context.Body.GetBytes(),
            Reason = reason,
            Fields = fields ?? [],
        };
    }

    private static string? TypeOf(ReceiveContext context, ContractType? contract)
    {
        if (contract is not null)
            return contract.Urn;
        if (context.TryGetPayload<MessageIdentity>(out var recognised))
            return recognised.Types[0];
        return context.TransportHeaders.TryGetHeader(MessageHeaders.MessageType, out var header) ? header as string : null;
    }

    private static Dictionary<string, string> HeadersOf(ReceiveContext context)
    {
        var headers = new Dictionary<string, string>();
        foreach (var (key, value) in context.TransportHeaders.GetAll())
        {
            var text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
            headers[key] = text.Length > LongestHeader && key != Senders.AskerHeader ? text[..LongestHeader] + "…" : text;
        }

        // What the sender has written there is nobody's word but their own.
        headers.Remove(VerifiedUser);
        if (UserOf(context) is { } user)
            headers[VerifiedUser] = user;
        return headers;
    }
}
