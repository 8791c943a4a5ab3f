using System.Diagnostics;
using System.Net.Http.Json;
using DevopsCd.Testing;

namespace DevopsCd.Host.Tests.Access;

/// <summary>A provider that is not ours: <c>oidc-provider</c> on Node.js, whose people and keys a test changes.</summary>
public sealed class IdentityProvider : IAsyncDisposable
{
    public const string Client = "devopscd", Secret = "the-secret-of-the-client";

    private readonly HttpClient _http;
    private readonly string[] _clients;
    private readonly int _port;
    private Process? _process;

    /// <param name="port">Where it listens.</param>
    /// <param name="clients">The addresses of the services that log in at it.</param>
    public IdentityProvider(int port, params string[] clients)
    {
        (_port, _clients) = (port, clients);
        _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/") };
    }

    public async Task Start()
    {
        var start = new ProcessStartInfo(Repository.PathTo("infra", "test", "identity-provider", "run")) { RedirectStandardInput = true };
        foreach (var argument in (string[])[$"{_port}", .. _clients])
            start.ArgumentList.Add(argument);
        _process = Process.Start(start)!;
        _process.StandardInput.Close();
        await Eventually.IsTrue(async () => (await _http.GetAsync(".well-known/openid-configuration")).IsSuccessStatusCode, "the provider answers", TimeSpan.FromMinutes(3));
    }

    public async Task Stop()
    {
        _process!.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
    }

    public async Task Knows(string name, params string[] groups)
    {
        using var answer = await _http.PutAsJsonAsync($"test/people/{name}", new { groups });
        answer.EnsureSuccessStatusCode();
    }

    public async Task ChangesItsKeys()
    {
        using var answer = await _http.PostAsync("test/keys", null);
        answer.EnsureSuccessStatusCode();
    }

    public Uri EndSession => new(_http.BaseAddress!, "session/end");

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
            await Stop();
        _process?.Dispose();
        _http.Dispose();
    }
}
