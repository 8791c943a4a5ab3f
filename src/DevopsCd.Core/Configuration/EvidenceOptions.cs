using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;

namespace DevopsCd.Core.Configuration;

/// <summary>Section <c>core:evidence</c>: what the evidence of batches is signed with.</summary>
internal sealed class EvidenceOptions
{
    public const string Section = "core:evidence";

    /// <summary>A file with the private key, EC or RSA, in PEM; null to sign nothing.</summary>
    public string? Key { get; init; }

    /// <summary>The password of <see cref="Key" />. Never logged.</summary>
    [ConfigurationKeyName("key_password")]
    public string? KeyPassword { get; init; }

    /// <summary>Opens the key; null where none is configured. Whoever opens it disposes it.</summary>
    /// <exception cref="CryptographicException">The file holds no private key, or the password is wrong.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public AsymmetricAlgorithm? OpenKey()
    {
        if (string.IsNullOrWhiteSpace(Key))
            return null;
        var pem = File.ReadAllText(Key);
        return Import(ECDsa.Create(), pem) ?? Import(RSA.Create(), pem) ?? throw new CryptographicException(
            string.IsNullOrEmpty(KeyPassword) ? "it holds neither an EC nor an RSA key without a password" : "it holds no EC or RSA key with this password");
    }

    /// <summary>A key that could not sign, by its name and never by its content.</summary>
    public IEnumerable<(string Key, string Allowed)> Problems()
    {
        string problem;
        try
        {
            using var key = OpenKey();
            if (key is null)
                yield break;
            problem = key switch
            {
                ECDsa curve when CanSign(() => curve.SignHash(new byte[32])) => "",
                RSA { KeySize: < 2048 } => "must be an RSA key of at least 2048 bits",
                RSA rsa when CanSign(() => rsa.SignHash(new byte[32], HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)) => "",
                _ => "must be a private key"
            };
        }
        catch (Exception unreadable) when (unreadable is CryptographicException or IOException or UnauthorizedAccessException)
        {
            problem = $"must be a readable file with an EC or RSA private key in PEM: {unreadable.Message}";
        }
        if (problem.Length > 0)
            yield return ($"{Section}:key", problem);
    }

    private AsymmetricAlgorithm? Import(AsymmetricAlgorithm key, string pem)
    {
        try
        {
            if (string.IsNullOrEmpty(KeyPassword))
                key.ImportFromPem(pem);
            else
                key.ImportFromEncryptedPem(pem, KeyPassword);
            return key;
        }
        catch (Exception other) when (other is CryptographicException or ArgumentException)
        {
            key.Dispose();
            return null;
        }
    }

    private static bool CanSign(Func<byte[]> sign)
    {
        try
        {
            return sign().Length > 0;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
