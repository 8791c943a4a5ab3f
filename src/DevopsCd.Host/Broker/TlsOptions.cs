using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

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

    /// <summary>Why the certificate cannot be used; null when it can, or there is none.</summary>
    public string? Problem()
    {
        if (string.IsNullOrEmpty(CertificatePath))
            return null;
        try
        {
            using var certificate = X509CertificateLoader.LoadPkcs12FromFile(CertificatePath, CertificatePassword);
            return certificate.HasPrivateKey ? null : "contains no private key";
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            return "is not a PKCS#12 file that certificate_password can open";
        }
    }
}
