using DevopsCd.Contracts;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Applications;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Builds;
using DevopsCd.Core.Configuration;
using DevopsCd.Core.Data;
using DevopsCd.Core.Deployments;
using DevopsCd.Core.Scanning;
using DevopsCd.Shared;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Time.Testing;

namespace DevopsCd.Core.Tests.Engines;

/// <summary>
/// The engine as one process: commands run through the mediator on a real database, messages arrive at its real endpoints when the test
/// says so, and time is the test's.
/// </summary>
internal sealed class Engine : IAsyncDisposable
{
    public const string Person = "ann";

    private readonly Dictionary<string, string?> _settings;
    private readonly ServiceProvider _services;
    private readonly Arrivals _arrivals;
    private readonly bool _owner;

    private Engine(
        TestDatabase database, FakeTimeProvider clock, ScriptedDeployService service, Dictionary<string, string?> settings, bool owner,
            Action<IServiceCollection>? also = null)
    {
        (Database, Clock, Service, _settings, _owner, _arrivals) = (database, clock, service, settings, owner, new Arrivals(service));
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<IConfiguration>(configuration);
        services.AddSingleton<TimeProvider>(clock);
        services.AddSingleton(Mail);
        services.AddSingleton(_arrivals);
        services.AddSchedule(services.AddCore(new ConfigurationReader(configuration)));
        services.AddMassTransit(bus =>
        {
            bus.AddEngine();
            bus.DisableUsageTelemetry();
            bus.UsingInMemory((context, memory) =>
            {
                memory.UseFilter(_arrivals);
                memory.UseEngine(context);
                memory.ConfigureEndpoints(context);
            });
        });
        services.ConfigureDbContext<PostgresCdDbContext>(db => db.AddInterceptors(Mail));
        services.ConfigureDbContext<SqliteCdDbContext>(db => db.AddInterceptors(Mail));
        services.AddScoped<IPublishEndpoint, MailPublisher>();
        services.AddScoped(provider => MailScheduler.Create(provider.GetRequiredService<CdDbContext>(), Mail));
        services.Replace(ServiceDescriptor.Singleton<IDeployService>(service));
        also?.Invoke(services);
        _services = services.BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true });
    }

    public TestDatabase Database { get; }

    public FakeTimeProvider Clock { get; }

    public ScriptedDeployService Service { get; }

    public CapturedMessages Mail { get; } = new();

    public IServiceProvider Services => _services;

    public BatchTransitionTable Lifecycle => _services.GetRequiredService<BatchTransitionTable>();

    public DateTimeOffset Now => Clock.GetUtcNow();

    /// <summary>All messages of this type that were ever committed, in order.</summary>
    public IReadOnlyList<T> Told<T>() => [.. Mail.All.Select(posted => posted.Message).OfType<T>()];

    /// <param name="provider"><c>postgres</c> or <c>sqlite</c>.</param>
    /// <param name="settings">Keys below <c>core:</c>, as <c>deploy:retry_count</c>.</param>
    public static Task<Engine> Start(string provider = "sqlite", params (string Key, string Value)[] settings) => Start(null, provider, settings);

    /// <param name="also">Registers more, as a room that is added later would.</param>
    /// <param name="provider"><c>postgres</c> or <c>sqlite</c>.</param>
    /// <param name="settings">Keys below <c>core:</c>, as <c>deploy:retry_count</c>.</param>
    public static async Task<Engine> Start(Action<IServiceCollection>? also, string provider = "sqlite", params (string Key, string Value)[] settings)
    {
        var database = await TestDatabase.Create(provider);
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.Zero));
        var all = settings.ToDictionary(s => $"core:{s.Key}", s => (string?)s.Value);
        all["core:storage:provider"] = provider;
        all["core:storage:connection_string"] = database.ConnectionString;
        all.TryAdd("core:notification:provider", "");
        return new Engine(database, clock, new ScriptedDeployService(clock), all, owner: true, also);
    }

    /// <summary>Another process on the same database, clock and deploy service; what was on its way in this one stays behind.</summary>
    public Engine Another() => new(Database, Clock, Service, _settings, owner: false);

    public async Task<T> Do<TService, T>(Func<TService, Task<T>> work) where TService : notnull
    {
        await using var scope = _services.CreateAsyncScope();
        return await work(scope.ServiceProvider.GetRequiredService<TService>());
    }

    public Task Do<TService>(Func<TService, Task> work) where TService : notnull => Do<TService, bool>(async service =>
    {
        await work(service);
        return true;
    });

    public Task<T> Read<T>(Func<CdDbContext, Task<T>> query) => Do(query);

    /// <summary>An application that deploys to one cluster in each stage, unless told otherwise.</summary>
    public async Task Application(string name, string[]? dependsOn = null, string[]? pre = null, string[]? prod = null)
    {
        await Do<ApplicationCatalogue>(c => c.AddAsync(new NewApplication { Name = name, DependsOn = dependsOn }, default));
        foreach (var cluster in pre ?? ["staging"])
            await Target(name, "pre", cluster);
        foreach (var cluster in prod ?? ["production"])
            await Target(name, "prod", cluster);
    }

    public Task Target(string name, string stage, string cluster, int? wave = null) => Do<TargetCatalogue>(c => c.PutAsync(name, stage, cluster,
        new TargetBody { Namespace = stage, Workload = new DeployWorkload { Kind = "Deployment", Name = name }, Wave = wave }, Visible.Everything, Precondition.None, default));

    public static BuildCompleted BuildOf(string application, string number, DateTimeOffset? finishedAt = null, BuildStatus status = BuildStatus.Success,
        string branch = "main") => new()
        {
            Application = application,
            BuildNumber = number,
            Branch = branch,
            CommitId = $"c{number}",
            ImageName = $"registry.example/{application}",
            ImageTag = $"1.0.{number}",
            Status = status,
            FinishedAt = finishedAt
        };

    /// <summary>A build that finished just now.</summary>
    public Task<IntakeResult> Build(string application, string number, BuildStatus status = BuildStatus.Success, string branch = "main") =>
        Build(BuildOf(application, number, Now, status, branch));

    public Task<IntakeResult> Build(BuildCompleted build) => Do<BuildIntake, IntakeResult>(i => i.TakeAsync(build, EventSource.Http, default));

    /// <summary>Applications, a build of each, and a batch of them in <c>PendingApproval</c>.</summary>
    public async Task<Batch> Batch(params string[] applications)
    {
        foreach (var application in applications)
        {
            if (!await Read(db => db.Applications.AnyAsync(a => a.Name == application)))
                await Application(application);
            if (!await Read(db => db.Builds.AnyAsync(b => b.ApplicationName == application && b.BuildStatus == BuildStatus.Success)))
                await Build(application, "1");
        }
        var row = await Create([.. applications.Select(a => new ReleaseItem { Application = a })]);
        row.Outcome.ShouldBe(EventOutcome.Noted, row.Reason);
        return await Find(row.BatchCorrelationId);
    }

    public Task<CommandResult> Create(params ReleaseItem[] releases) => Create(null, releases);

    /// <summary>Somebody who may do everything.</summary>
    private static readonly Subject s_person = Subject.User(Person) with { Grants = [new Grant(Roles.Admin, Projects.All, "the test")] };

    public Task<CommandResult> Create(string? key, params ReleaseItem[] releases) => Do<BatchCommands, CommandResult>(c => c.CreateAsync(new CreateBatch
    {
        BatchId = NewId.NextGuid(),
        Title = "a release",
        Operator = Person,
        Releases = releases
    }, s_person, key, default));

    /// <summary>A sealed batch whose automatic start is on its way.</summary>
    public async Task<Batch> SealedBatch(params string[] applications)
    {
        var batch = await Batch(applications);
        await Accepted(batch, "approve");
        await Accepted(batch, "confirm_tag");
        return await Find(batch.CorrelationId);
    }

    /// <summary>A batch that has been carried to its end.</summary>
    public async Task<Batch> AcceptedBatch(params string[] applications)
    {
        var batch = await SealedBatch(applications);
        await Deliver();
        await Accepted(batch, "start_prod_deploy");
        await Deliver();
        await Accepted(batch, "final_accept");
        return await Find(batch.CorrelationId);
    }

    public Task<Batch> Find(Guid batchId) => Read(db => db.Batches.AsNoTracking().SingleAsync(b => b.CorrelationId == batchId));

    public async Task<string> Status(Batch batch) => (await Find(batch.CorrelationId)).Status;

    public Task<List<BatchRelease>> Releases(Batch batch) => Read(db => db.Releases.AsNoTracking()
        .Include(r => r.App).Include(r => r.Build).Include(r => r.LatestBuild).Where(r => r.BatchId == batch.Id).OrderBy(r => r.Id).ToListAsync());

    public async Task<BatchRelease> Release(Batch batch, string application) => (await Releases(batch)).Single(r => r.App.Name == application);

    public Task<List<Deployment>> Operations(Batch batch) =>
        Read(db => db.Deployments.AsNoTracking().Where(d => d.BatchId == batch.Id).OrderBy(d => d.Id).ToListAsync());

    public async Task<Deployment> Operation(Batch batch, string application) => (await Operations(batch)).Last(d => d.Application == application);

    public Task<List<BatchEvent>> Audit(Batch batch) =>
        Read(db => db.BatchEvents.AsNoTracking().Where(e => e.BatchCorrelationId == batch.CorrelationId).OrderBy(e => e.Id).ToListAsync());

    /// <summary>Raises an event as a person does over HTTP, and gives what came of it.</summary>
    public Task<CommandResult> Raise(Batch batch, string batchEvent, string? reason = null, string by = Person, int? version = null, string? key = null,
        Subject? asker = null) =>
        Do<BatchCommands, CommandResult>(c => c.RaiseAsync(BatchEventTypes.Get(batchEvent),
            new EventRequest { BatchId = batch.CorrelationId, Operator = by, Reason = reason ?? "because", ExpectedVersion = version }, asker ?? s_person, key,
                default));

    public async Task<CommandResult> Accepted(Batch batch, string batchEvent)
    {
        var row = await Raise(batch, batchEvent);
        row.Outcome.ShouldBe(EventOutcome.Accepted, row.Reason);
        return row;
    }

    public Task<ScanResult?> Scan() => _services.GetRequiredService<BatchScan>().RunAsync(default);

    /// <summary>Lets everything that is due arrive, and what comes of it.</summary>
    public async Task Deliver()
    {
        while (Mail.Next(Now) is { } posted)
            await Deliver(posted.Message, posted.Id);
    }

    /// <summary>Delivers until a caller of the deploy service dies; whatever it had in hand stays as it is.</summary>
    public async Task DeliverUntilDeath()
    {
        var delivering = Deliver();
        await Task.WhenAny(delivering, Service.Died);
        Service.Died.IsCompleted.ShouldBeTrue("somebody was to die");
    }

    /// <summary>Lets time pass from one due message to the next, at most so long.</summary>
    public async Task Pass(TimeSpan time)
    {
        var end = Now + time;
        await Deliver();
        while (Mail.Waiting.Where(p => p.Due <= end).Select(p => (DateTimeOffset?)p.Due).Min() is { } due)
        {
            if (due > Now)
                Clock.SetUtcNow(due);
            await Deliver();
        }
        Clock.SetUtcNow(end);
    }

    /// <summary>One message, as the broker brings it to every endpoint that takes it; what its consumer throws is thrown here.</summary>
    /// <param name="message">The message. One that nobody takes is a fault, unless it is for others.</param>
    /// <param name="id">Its id; a new one where null.</param>
    /// <param name="again">Whether the broker has brought it before.</param>
    /// <param name="asker">For whom the engine has sent it, however long ago; null for itself.</param>
    public Task Deliver(object message, Guid? id = null, bool again = false, Subject? asker = null) =>
        _arrivals.Bring(_services, message, id ?? NewId.NextGuid(), again, asker);

    public async ValueTask DisposeAsync()
    {
        await _arrivals.DisposeAsync();
        await _services.DisposeAsync();
        if (_owner)
            await Database.DisposeAsync();
    }
}
