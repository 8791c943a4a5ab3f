using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using DevopsCd.Core.Data;
using Microsoft.AspNetCore.DataProtection;

namespace DevopsCd.Host.Access.Sessions;

/// <summary>The keys that encrypt sessions stand in the database; a certificate of the configuration encrypts them there.</summary>
internal static class KeyProtection
{
    public static void ProtectKeys(this IDataProtectionBuilder protection, AuthOptions options)
    {
        if (options.KeyCertificate is not { Length: > 0 } file)
        {
            if (!options.IsLocal)
                protection.Services.AddHostedService<OpenKeys>();
            return;
        }
        var now = Read(file, options.KeyCertificatePassword);
        protection.ProtectKeysWithCertificate(now);
        protection.UnprotectKeysWithAnyCertificate([now, .. options.FormerKeyCertificates.Select(former => Read(former, options.KeyCertificatePassword))]);
    }

    /// <exception cref="StartRefusedException">The file holds no certificate with its key.</exception>
    private static X509Certificate2 Read(string file, string? password)
    {
        try
        {
            var certificate = X509Certificate2.GetCertContentType(file) == X509ContentType.Pkcs12 ? X509CertificateLoader.LoadPkcs12FromFile(file, password)
                : string.IsNullOrEmpty(password) ? X509Certificate2.CreateFromPemFile(file)
                : X509Certificate2.CreateFromEncryptedPemFile(file, password);
            return certificate.GetRSAPrivateKey() is not null ? certificate : throw new CryptographicException("it holds no RSA key");
        }
        catch (Exception unreadable) when (unreadable is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new StartRefusedException($"{AuthOptions.Section}:key_certificate: {file} cannot be used: {unreadable.Message}");
        }
    }

    /// <summary>Says at the start that the keys can be read in the database.</summary>
    private sealed class OpenKeys(ILogger<OpenKeys> log) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            log.KeysAreOpen();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
