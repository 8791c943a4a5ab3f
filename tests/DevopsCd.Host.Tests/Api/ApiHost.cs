using DevopsCd.Host.Tests.Api;
using DevopsCd.Testing;
using DevopsCd.Testing.Hosting;

[assembly: AssemblyFixture(typeof(ApiHost))]

namespace DevopsCd.Host.Tests.Api;

/// <summary>One embedded host as a process for all tests of the HTTP side; an outside system owns the stages, so that tests do.</summary>
public sealed class ApiHost : IAsyncLifetime
{
    private HostProcess? _host;

    public HttpClient Http => _host!.Http;

    public string Log => _host!.LogTail;

    public async ValueTask InitializeAsync() => _host = await HostProcess.StartNewAsync("api", HostSettings.Embedded()
        .With("core__deploy__driver", "external")
        .With("core__notification__provider", "log"));

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
            await _host.DisposeAsync();
    }

    public async Task<Reply> Send(HttpMethod method, string path, object? body = null, string? by = "ann", params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (by is not null)
            request.Headers.Add("X-Operator", by);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        if (body is not null)
            request.Content = body as HttpContent ?? System.Net.Http.Json.JsonContent.Create(body);
        using var answer = await Http.SendAsync(request);
        return new Reply(answer.StatusCode, answer.Content.Headers.ContentType?.MediaType, answer.Headers.ETag?.Tag, await answer.Content.ReadAsStringAsync())
        {
            Location = answer.Headers.Location?.ToString(),
            Length = answer.Content.Headers.ContentLength
        };
    }

    public Task<Reply> Get(string path) => Send(HttpMethod.Get, path, by: null);

    public Task<Reply> Post(string path, object? body = null) => Send(HttpMethod.Post, path, body);

    /// <summary>A name nobody else uses.</summary>
    public static string Name() => $"app-{Guid.NewGuid():N}"[..14];

    /// <summary>An application with settings and a build.</summary>
    public async Task<string> Application(params string[] dependsOn)
    {
        var name = Name();
        var targets = ((string[])["pre", "prod"]).Select(stage => new { stage, cluster = "c1", @namespace = "shop", workload = new { kind = "Deployment", name } });
        (await Post("/api/v1/applications", new { name, dependsOn, targets })).Status.ShouldBe(System.Net.HttpStatusCode.Created);
        (await Post("/api/v1/builds", CdApi.Build(name, 1))).Status.ShouldBe(System.Net.HttpStatusCode.OK);
        return name;
    }

    /// <summary>A batch of new applications.</summary>
    public async Task<long> Batch(int applications = 1)
    {
        var names = new List<string>();
        for (var i = 0; i < applications; i++)
            names.Add(await Application());
        return await BatchOf([.. names]);
    }

    public async Task<long> BatchOf(params string[] names)
    {
        var reply = await Post("/api/v1/batches", new { title = "a release", releases = names.Select(application => new { application }) });
        reply.Status.ShouldBe(System.Net.HttpStatusCode.Created, reply.Text);
        return reply.Json.GetProperty("id").GetInt64();
    }

    public async Task<long> BatchAfter(params string[] events)
    {
        var id = await Batch();
        foreach (var batchEvent in events)
        {
            if (batchEvent == "start_pre_deploy")
            {
                // The seal's own message may be quicker than a person.
                await Eventually.IsTrue(async () => (await Get($"/api/v1/batches/{id}")).Json.GetProperty("state").GetInt32() == 21,
                    "the pre-deploy has started");
                continue;
            }
            var reply = await Post($"/api/v1/batches/{id}/events/{batchEvent}");
            reply.Status.ShouldBe(System.Net.HttpStatusCode.OK, reply.Text);
        }
        return id;
    }
}
