using DevopsCd.Testing;
using DevopsCd.Testing.Hosting;

namespace DevopsCd.SafetyBench;

/// <summary>A host of its own on PostgreSQL and RabbitMQ, whose deployments take no time.</summary>
internal sealed class House : IAsyncDisposable
{
    private const int Levels = 5;
    private const int AtOnce = 4;

    private readonly PostgresDatabase _database;
    private readonly RabbitVirtualHost _broker;
    private readonly HostProcess _host;

    private House(PostgresDatabase database, RabbitVirtualHost broker, HostProcess host)
    {
        (_database, _broker, _host) = (database, broker, host);
        Api = CdApi.Patient(host.Http);
    }

    public CdApi Api { get; }

    public static async Task<House> StartAsync()
    {
        var database = await PostgresDatabase.CreateAsync();
        var broker = await RabbitVirtualHost.CreateAsync();
        var settings = HostSettings.On(database, broker).With("core__deploy__driver", "simulated").With("core__deploy__simulated_duration", "0s")
            .With("core__deploy__concurrent_apps", "64").With("core__notification__provider", "log").With("core__scan_interval", "1h");
        return new House(database, broker, await HostProcess.StartNewAsync("safety", settings));
    }

    public Task RegisterAsync(int applications, params string[] stages) => ForEachAsync(applications, number => Api.Register(NameOf(number), stages));

    public Task BuildAsync(int applications, int build) => ForEachAsync(applications, async number => (await Api.AddBuild(NameOf(number), build)).Expect());

    /// <summary>A batch of all applications, in a few levels of dependencies.</summary>
    public async Task<long> BatchAsync(int applications) => (await Api.CreateBatch("Large", null, Enumerable.Range(0, applications).Select(number => (object)new
    {
        application = NameOf(number),
        dependsOn = number < Levels ? [] : (string[])[NameOf(number % Levels)]
    }))).Expect().Id;

    public async Task RaiseAsync(long batch, string batchEvent, string? reason = null) => (await Api.Raise(batch, batchEvent, reason)).Expect();

    public Task UntilAsync(long batch, int state) => Eventually.Sees(() => Api.Batch(batch), b => b.IsSuccess && b.State == state, $"the batch is in {state}",
        TimeSpan.FromMinutes(5));

    /// <summary>When something happened to a batch, the last time.</summary>
    public async Task<DateTimeOffset> AtAsync(long batch, string batchEvent) =>
        (await Api.Send(HttpMethod.Get, $"batches/{batch}/events?limit=200")).Expect().Body.GetProperty("items").EnumerateArray()
            .Last(e => e.GetProperty("event").GetString() == batchEvent && e.GetProperty("outcome").GetString() == "accepted")
            .GetProperty("at").GetDateTimeOffset();

    public static string NameOf(int number) => $"service-{number:0000}";

    public static Task ForEachAsync(int count, Func<int, Task> work) =>
        Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (number, _) => await work(number));

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _broker.DisposeAsync();
        await _database.DisposeAsync();
    }
}
