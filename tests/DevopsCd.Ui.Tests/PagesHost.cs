using System.Net.Http.Json;
using DevopsCd.Testing.Hosting;
using DevopsCd.Ui.Tests;

[assembly: AssemblyFixture(typeof(PagesHost))]

namespace DevopsCd.Ui.Tests;

/// <summary>A host of the embedded mode with the sample applications, for tests that look at pages: one for all of them, each with things of its own.</summary>
public sealed class PagesHost : IAsyncLifetime
{
    private const string Secret = "known to this test alone";

    private HostProcess? _process;

    public HostProcess Process => _process!;

    public CdApi Api => CdApi.Patient(Process.Http);

    /// <summary>A batch that was created over the API, by its id.</summary>
    public async Task<long> Batch(string title, string application) =>
        (await Api.CreateBatch(title, null, [application])).Expect().Body.GetProperty("id").GetInt64();

    /// <summary>A webhook as a CI system sends it, of a repository that no application names.</summary>
    /// <returns>The id that the sender has given it.</returns>
    public async Task<string> Webhook(string repository)
    {
        var id = $"hook-{Guid.NewGuid():N}";
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/v1/intake/generic")
        {
            Content = JsonContent.Create(new
            {
                repository,
                branch = "main",
                build_number = "12",
                status = "success",
                commit_id = "0123456789abcdef",
                image = "registry.example/else:12"
            })
        };
        request.Headers.Add("X-Intake-Token", Secret);
        request.Headers.Add("X-Delivery-Id", id);
        using var answer = await Process.Http.SendAsync(request);
        answer.EnsureSuccessStatusCode();
        return id;
    }

    /// <summary>An application with a build and a target in both stages, which no other test knows.</summary>
    public async Task<string> Application(params string[] dependsOn)
    {
        var name = $"app-{Guid.NewGuid():N}"[..16];
        (await Api.AddApplication(name, dependsOn)).Expect();
        (await Api.SetTarget(name, "pre")).Expect();
        (await Api.SetTarget(name, "prod")).Expect();
        (await Api.AddBuild(name, 1)).Expect();
        return name;
    }

    public async ValueTask InitializeAsync() =>
        _process = await HostProcess.StartNewAsync("pages", HostSettings.Embedded()
        .With("core__storage__sample_catalogue", "true").With("core__notification__provider", "log").With("core__deploy__simulated_duration", "500ms")
        .With("core__intake__sources__generic__secrets__0", Secret)
        .With("core__intake__rules__0__application", "web-shop").With("core__intake__rules__0__repository", "shop/web"));

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
    }
}
