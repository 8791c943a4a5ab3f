using System.Security.Cryptography;
using DevopsCd.Testing.Hosting;

namespace DevopsCd.Cli.Tests;

/// <summary>A host with the sample applications, whose deployments are simulated.</summary>
public sealed class EmbeddedHost : IAsyncLifetime
{
    private readonly DirectoryInfo _keys = Directory.CreateTempSubdirectory("devopscd-cli-keys-");
    private HostProcess? _host;

    public HostProcess Process => _host!;

    /// <summary>The public key of its evidence.</summary>
    public string Key => Path.Combine(_keys.FullName, "devopscd.pub");

    public async ValueTask InitializeAsync()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var own = Path.Combine(_keys.FullName, "devopscd.key");
        await File.WriteAllTextAsync(own, key.ExportPkcs8PrivateKeyPem());
        await File.WriteAllTextAsync(Key, key.ExportSubjectPublicKeyInfoPem());
        _host = await HostProcess.StartNewAsync("cli", HostSettings.Embedded().With("core__storage__sample_catalogue", "true")
            .With("core__deploy__simulated_duration", "200ms").With("core__evidence__key", own));
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
            await _host.DisposeAsync();
        _keys.Delete(recursive: true);
    }

    internal Cli Cli() => new Cli(Process.BaseUrl).With("DEVOPSCD_OPERATOR", "you");

    /// <summary>A new application with a build and a target in each stage; its name.</summary>
    internal async Task<string> ApplicationAsync(string? strategy = null)
    {
        var name = $"a{Guid.NewGuid():N}"[..12];
        using var cli = Cli();
        await cli.DoAsync("app", "set", name);
        foreach (var stage in (string[])["pre", "prod"])
            await cli.DoAsync(["app", "target", "set", name, stage, "c1", "--namespace", "shop", .. strategy is null ? Array.Empty<string>()
                : ["--strategy", strategy]]);
        await cli.DoAsync("build", "report", "--app", name, "--number", "1", "--branch", "main", "--commit", "0123456789abcdef0123456789abcdef01234567",
            "--image", $"registry.example/{name}:1.0.0");
        return name;
    }

    /// <summary>A new batch of a new application; its number.</summary>
    internal async Task<string> BatchAsync(string? strategy = null)
    {
        using var cli = Cli();
        return (await cli.DoAsync("batch", "create", "--title", "A release", "--app", await ApplicationAsync(strategy), "-o", "name")).Trim();
    }
}
