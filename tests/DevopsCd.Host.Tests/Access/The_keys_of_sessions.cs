using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using DevopsCd.Testing;
using DevopsCd.Testing.Hosting;
using static DevopsCd.Host.Tests.Access.PasswordHost;

namespace DevopsCd.Host.Tests.Access;

public sealed class The_keys_of_sessions
{
    private const string Warning = "The keys in access_keys are not encrypted";

    [Fact]
    public async Task Are_encrypted_by_a_certificate_and_sessions_outlive_its_renewal()
    {
        await using var host = new HostProcess("keys", Settings());
        var (first, second) = (Certificate(host, "first.pem"), Certificate(host, "second.pem"));
        host.Set("core__auth__key_certificate", first);
        await host.StartAsync();
        using var http = PasswordHost.Client(host);
        (await Post(http, "access/password", new { token = await SetUpToken(host), name = "ann", password = Password })).Status.ShouldBe(HttpStatusCode.NoContent);

        host.LogTail.ShouldNotContain(Warning);
        Keys(host).ShouldAllBe(xml => xml.Contains("EncryptedData", StringComparison.Ordinal) && !xml.Contains("<value>", StringComparison.Ordinal));
        host.Set("core__auth__key_certificate", second);
        host.Set("core__auth__former_key_certificates__0", first);
        await host.RestartAsync();
        (await Get(http, "access/me")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Are_told_to_be_open_without_one()
    {
        await using var host = await HostProcess.StartNewAsync("keys", Settings());

        await Eventually.IsTrue(() => host.LogTail.Contains(Warning, StringComparison.Ordinal), "it is said");
    }

    [Fact]
    public async Task Whose_certificate_cannot_be_read_keep_it_from_starting()
    {
        await using var host = new HostProcess("keys", Settings().With("core__auth__key_certificate", "/nowhere.pem"));
        host.Launch();

        (await host.UntilEndedAsync()).ShouldNotBe(0);

        host.LogTail.ShouldContain("core:auth:key_certificate: /nowhere.pem cannot be used");
    }

    private static HostSettings Settings() => HostSettings.Embedded().With("core__auth__mode", "password").With("core__deploy__driver", "external");

    private static string Certificate(HostProcess host, string name)
    {
        using var key = RSA.Create(2048);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        var path = Path.Combine(host.Folder, name);
        File.WriteAllText(path, $"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}");
        return path;
    }

    private static List<string> Keys(HostProcess host)
    {
        using var database = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Path.Combine(host.Folder, "data", "devopscd.db")};Pooling=False");
        database.Open();
        using var command = database.CreateCommand();
        command.CommandText = "SELECT xml FROM access_keys";
        using var reader = command.ExecuteReader();
        var keys = new List<string>();
        while (reader.Read())
            keys.Add(reader.GetString(0));
        keys.ShouldNotBeEmpty();
        return keys;
    }
}
