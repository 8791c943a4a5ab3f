using DevopsCd.Testing;
using DevopsCd.Testing.Hosting;

namespace DevopsCd.PagesBench;

/// <summary>A host of its own on PostgreSQL and RabbitMQ, with many applications in one batch, and a way to it that counts bytes.</summary>
internal sealed class LargeBatch : IAsyncDisposable
{
    private const int Levels = 20;

    private readonly int _applications;
    private int _builds = 1;

    private LargeBatch(PostgresDatabase database, RabbitVirtualHost broker, HostProcess host, int applications)
    {
        (Database, Broker, Host, _applications) = (database, broker, host, applications);
        Api = CdApi.Patient(host.Http);
        Way = TcpRelay.To("127.0.0.1", host.BaseUrl.Port);
    }

    public PostgresDatabase Database { get; }

    public HostProcess Host { get; }

    public CdApi Api { get; }

    /// <summary>Through which pages come to the host.</summary>
    public TcpRelay Way { get; }

    /// <summary>The batch's id.</summary>
    public long Id { get; private set; }

    public Uri Page => new($"http://127.0.0.1:{Way.Port}/batches/{Id}");

    private RabbitVirtualHost Broker { get; }

    /// <param name="applications">How many.</param>
    /// <param name="isDeploying">Whether they have targets, so that the batch deploys.</param>
    /// <param name="say">Tells how far it is.</param>
    public static async Task<LargeBatch> CreateAsync(int applications, bool isDeploying, Action<string> say)
    {
        var database = await PostgresDatabase.CreateAsync();
        var broker = await RabbitVirtualHost.CreateAsync();
        var settings = HostSettings.On(database, broker).With("core__deploy__driver", "simulated").With("core__deploy__simulated_duration", "2s")
            .With("core__notification__provider", "log").With("core__deploy__batch_timeout", "4h");
        var subject = new LargeBatch(database, broker, await HostProcess.StartNewAsync("pages", settings), applications);
        say($"registering {applications} applications");
        await Parallel.ForEachAsync(Enumerable.Range(0, applications), new ParallelOptions { MaxDegreeOfParallelism = 4 },
            async (number, _) => await subject.Api.Register(NameOf(number), isDeploying ? ["pre", "prod"] : []));
        await subject.NextAsync();
        return subject;
    }

    /// <summary>Another batch of all applications; the one before has ended.</summary>
    public async Task NextAsync() => Id = (await Api.CreateBatch("Large", null, Enumerable.Range(0, _applications).Select(number => (object)new
    {
        application = NameOf(number),
        dependsOn = number < Levels ? [] : (string[])[NameOf(number % Levels)]
    }))).Expect().Id;

    /// <summary>A newer build of the first application arrives.</summary>
    /// <returns>Its number.</returns>
    public async Task<int> BuildAsync()
    {
        (await Api.AddBuild(NameOf(0), ++_builds)).Expect();
        return _builds;
    }

    /// <summary>The image that the first application's release has once it has taken a build.</summary>
    public static (string Name, string Tag) ImageOf(int build) => ($"registry.example/{NameOf(0)}", $"1.0.{build}");

    public async ValueTask DisposeAsync()
    {
        await Way.DisposeAsync();
        await Host.DisposeAsync();
        await Broker.DisposeAsync();
        await Database.DisposeAsync();
    }

    private static string NameOf(int number) => $"service-{number:000}";
}
