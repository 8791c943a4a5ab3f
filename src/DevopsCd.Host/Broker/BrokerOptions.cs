using Microsoft.Extensions.Configuration;

namespace DevopsCd.Host.Broker;

/// <summary>Section <c>core:rabbitmq</c>.</summary>
internal sealed class BrokerOptions
{
    public const string Section = "core:rabbitmq";

    /// <summary><c>amqp://host:5672/vhost</c>, or <c>amqps</c> for TLS.</summary>
    public string Url { get; init; } = "amqp://localhost:5672/";

    /// <summary>Taken from the URL when empty.</summary>
    public string? Username { get; init; }

    public string? Password { get; init; }

    [ConfigurationKeyName("virtual_host")]
    public string? VirtualHost { get; init; }

    /// <summary><c>quorum</c> or <c>classic</c>.</summary>
    [ConfigurationKeyName("queue_type")]
    public string QueueType { get; init; } = "quorum";

    /// <summary>Deliveries without an answer after which the broker gives a message up to <c>devopscd.dead</c>; quorum queues only.</summary>
    [ConfigurationKeyName("delivery_limit")]
    public int DeliveryLimit { get; init; } = 20;

    /// <summary>Commands that need a person's right carry the broker-verified <c>user_id</c>, or are refused. Off: whoever may publish may give orders.</summary>
    [ConfigurationKeyName("require_user_id")]
    public bool RequireUserId { get; init; } = true;

    /// <summary>Connection users that may name another operator than themselves; our own user always may.</summary>
    [ConfigurationKeyName("trusted_users")]
    public string[] TrustedUsers { get; init; } = [];

    public TlsOptions Tls { get; init; } = new();

    public BrokerAddress Address => BrokerAddress.From(this);

    /// <summary>Every wrong key with what is allowed.</summary>
    public IEnumerable<string> Wrong()
    {
        if (!Uri.TryCreate(Url, UriKind.Absolute, out var uri) || uri.Scheme is not ("amqp" or "amqps"))
            yield return $"{Section}:url must be amqp://host:port/vhost or amqps://…";
        if (QueueType is not ("quorum" or "classic"))
            yield return $"{Section}:queue_type '{QueueType}' is unknown; known: quorum, classic";
        if (DeliveryLimit is < 1 or > 1000)
            yield return $"{Section}:delivery_limit must be 1..1000";
        if (Tls.CertificatePath is { Length: > 0 } path && !File.Exists(path))
            yield return $"{Section}:tls:certificate_path '{path}' does not exist";
        else if (Tls.Problem() is { } problem)
            yield return $"{Section}:tls:certificate_path {problem}";
    }
}
