using System.Text.Json;
using DevopsCd.Testing;
using DevopsCd.Testing.Fakes;
using DevopsCd.Testing.Hosting;

namespace DevopsCd.EndToEnd.Tests;

/// <summary>A host as a process on a real RabbitMQ and PostgreSQL, with a deploy service and a Lark bot that are fakes.</summary>
internal sealed class StoryHouse : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);

    private StoryHouse(PostgresDatabase database, RabbitVirtualHost broker, FakeDeployService deploys, FakeLark lark, HostProcess host) =>
        (Database, Broker, Deploys, Lark, Host, Api) = (database, broker, deploys, lark, host, CdApi.Patient(host.Http, "admin"));

    public PostgresDatabase Database { get; }

    public RabbitVirtualHost Broker { get; }

    public FakeDeployService Deploys { get; }

    public FakeLark Lark { get; }

    public HostProcess Host { get; }

    public CdApi Api { get; }

    public static async Task<StoryHouse> Open(string driver = "http")
    {
        var database = await PostgresDatabase.CreateAsync();
        var broker = await RabbitVirtualHost.CreateAsync();
        var deploys = await FakeDeployService.StartAsync();
        var lark = await FakeLark.StartAsync();
        var settings = HostSettings.On(database, broker).DeployingWith(deploys).Telling(lark)
            .With("core__deploy__driver", driver)
            .With("core__deploy__poll_interval", "200ms")
            .With("core__scan_interval", "2s");
        return new StoryHouse(database, broker, deploys, lark, await HostProcess.StartNewAsync("story", settings));
    }

    /// <summary>Applications, each depending on the one before, with settings for both stages and a build.</summary>
    public async Task Applications(params string[] names)
    {
        string? before = null;
        foreach (var name in names)
        {
            (await Api.AddApplication(name, before is null ? [] : [before])).Expect();
            (await Api.SetTarget(name, "pre", "staging")).Expect();
            (await Api.SetTarget(name, "prod", "production")).Expect();
            (await Api.AddBuild(name, 1)).Expect();
            before = name;
        }
    }

    public async Task<JsonElement> Batch(params string[] applications) => (await Api.CreateBatch("Release 7", null, applications)).Expect().Body;

    public async Task Raise(long batch, string batchEvent, string? reason = null) => (await Api.Raise(batch, batchEvent, reason)).Expect();

    /// <summary>Waits for a state; the batch as it is then.</summary>
    public async Task<JsonElement> Until(long batch, int state)
    {
        try
        {
            return (await Eventually.Sees(() => Api.Batch(batch), answer => answer.IsSuccess && answer.State == state, $"batch {batch} is in {state}",
                s_patience)).Body;
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message}{Environment.NewLine}{Host.LogTail}", e);
        }
    }

    public Task UntilTold(string text) =>
        Eventually.Sees(() => Task.FromResult(Lark.Cards), cards => cards.Any(c => c.Text.Contains(text, StringComparison.Ordinal)), $"Lark was told: {text}",
            s_patience);

    /// <summary>The accepted events in order: event, from, to, who.</summary>
    public async Task<IReadOnlyList<(string Event, string From, string To, string By)>> Path(long batch) =>
        [.. (await Api.Send(HttpMethod.Get, $"batches/{batch}/events?limit=200")).Expect().Body.GetProperty("items").EnumerateArray()
            .Where(e => e.GetProperty("outcome").GetString() == "accepted")
            .Select(e => (e.GetProperty("event").GetString()!, e.GetProperty("from").GetString()!, e.GetProperty("to").GetString()!,
                e.GetProperty("operator").GetString()!))];

    /// <summary>A message as a producer in another language sends it.</summary>
    public Task Tell(string contract, object message) =>
        Broker.PublishJsonAsync($"DevopsCd.Contracts:{contract}", JsonSerializer.Serialize(message, JsonSerializerOptions.Web));

    public static JsonElement Release(JsonElement batch, string application) =>
        batch.GetProperty("releases").EnumerateArray().Single(r => r.GetProperty("application").GetString() == application);

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await Lark.DisposeAsync();
        await Deploys.DisposeAsync();
        await Broker.DisposeAsync();
        await Database.DisposeAsync();
    }
}
