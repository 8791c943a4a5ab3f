using System.Collections;
using MassTransit;

namespace DevopsCd.Host.Broker;

/// <summary>A message's context with the id we gave it and the user the broker vouches for.</summary>
internal sealed class VerifiedMessageContext(MessageContext message, Guid messageId, string? user) : MessageContext
{
    public Guid? MessageId => messageId;

    public Guid? RequestId => message.RequestId;

    public Guid? CorrelationId => message.CorrelationId;

    public Guid? ConversationId => message.ConversationId;

    public Guid? InitiatorId => message.InitiatorId;

    public DateTime? ExpirationTime => message.ExpirationTime;

    public Uri? SourceAddress => message.SourceAddress;

    public Uri? DestinationAddress => message.DestinationAddress;

    public Uri? ResponseAddress => message.ResponseAddress;

    public Uri? FaultAddress => message.FaultAddress;

    public DateTime? SentTime => message.SentTime;

    public Headers Headers { get; } = new VerifiedHeaders(message.Headers, user);

    public HostInfo Host => message.Host;

    /// <summary>The sender's headers, except for the one that only the broker may fill.</summary>
    private sealed class VerifiedHeaders(Headers headers, string? user) : Headers
    {
        public IEnumerable<KeyValuePair<string, object>> GetAll()
        {
            foreach (var header in headers.GetAll())
                if (!IsOurs(header.Key))
                    yield return header;
            if (user is not null)
                yield return new KeyValuePair<string, object>(DeliveryInfo.VerifiedUser, user);
        }

        public bool TryGetHeader(string key, out object value)
        {
            if (!IsOurs(key))
                return headers.TryGetHeader(key, out value!);
            value = user!;
            return user is not null;
        }

        public T? Get<T>(string key, T? defaultValue)
            where T : class => IsOurs(key) ? user as T ?? defaultValue : headers.Get(key, defaultValue);

        public T? Get<T>(string key, T? defaultValue)
            where T : struct => IsOurs(key) ? defaultValue : headers.Get(key, defaultValue);

        public IEnumerator<HeaderValue> GetEnumerator() => GetAll().Select(h => new HeaderValue(h.Key, h.Value)).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        private static bool IsOurs(string key) => string.Equals(key, DeliveryInfo.VerifiedUser, StringComparison.OrdinalIgnoreCase);
    }
}
