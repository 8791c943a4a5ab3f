namespace DevopsCd.Host.Broker;

/// <summary>Section <c>core:rabbitmq:tls</c>; used with an <c>amqps</c> URL.</summary>
internal sealed class TlsOptions
{
    /// <summary>The name the server's certificate must carry; the URL's host when empty.</summary>
    [ConfigurationKeyName("server_name")]
    public string? ServerName { get; init; }

    /// <summary>Our own certificate (PKCS#12), for brokers that ask for one.</summary>
    [ConfigurationKeyName("certificate_path")]
    public string? CertificatePath { get; init; }

    [ConfigurationKeyName("certificate_password")]
    public string? CertificatePassword { get; init; }
}
