using System.Collections.Concurrent;
using DevopsCd.Core.Access;
using DevopsCd.Core.Configuration;
using DevopsCd.Core.Data;
using DevopsCd.Core.Gates;
using DevopsCd.Core.Notifications;
using DevopsCd.Core.Notifications.Channels;
using DevopsCd.Core.Notifications.Composing;
using DevopsCd.Core.Notifications.Delivery;
using DevopsCd.Core.Policies;
using DevopsCd.Shared;
using DevopsCd.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace DevopsCd.Core.Tests.Notifications;

/// <summary>A throw-away database with any number of hosts on it, all on one clock that the test moves.</summary>
internal sealed class NoticeBoard : IAsyncDisposable
{
    private readonly Action<IServiceCollection> _database;
    private readonly IAsyncDisposable _drop;
    private readonly Dictionary<string, string?> _settings;
    private readonly List<ServiceProvider> _hosts = [];

    private NoticeBoard(Action<IServiceCollection> database, IAsyncDisposable drop, Dictionary<string, string?> settings) =>
        (_database, _drop, _settings) = (database, drop, settings);

    public FakeTimeProvider Clock { get; } = new(Sample.Noon);

    /// <summary>Every line that any host logged.</summary>
    public ConcurrentQueue<string> Lines { get; } = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <param name="provider"><c>postgres</c> or <c>sqlite</c>.</param>
    /// <param name="settings">Keys below <c>core:notification</c>.</param>
    public static async Task<NoticeBoard> CreateAsync(string provider, params (string Key, string Value)[] settings)
    {
        var all = settings.ToDictionary(s => $"core:notification:{s.Key}", s => (string?)s.Value);
        all.TryAdd("core:notification:allow_http", "true");
        all.TryAdd("core:notification:allowed_hosts:0", "127.0.0.1");
        all.TryAdd("core:notification:provider", "");
        NoticeBoard board;
        if (provider == "postgres")
        {
            var database = await PostgresDatabase.CreateAsync();
            board = new NoticeBoard(services => services
                .AddDbContext<PostgresCdDbContext>(db => CdDbContextOptions.UsePostgres(db, database.ConnectionString))
                .AddScoped<CdDbContext>(p => p.GetRequiredService<PostgresCdDbContext>()), database, all);
        }
        else
        {
            var file = new TemporaryFile();
            board = new NoticeBoard(services => services
                .AddDbContext<SqliteCdDbContext>(db => CdDbContextOptions.UseSqlite(db, $"Data Source={file.Path};Pooling=False"))
                .AddScoped<CdDbContext>(p => p.GetRequiredService<SqliteCdDbContext>()), file, all);
        }
        using var scope = board.Host().CreateScope();
        await scope.ServiceProvider.GetRequiredService<CdDbContext>().Database.MigrateAsync(Stop);
        return board;
    }

    /// <summary>The settings of one channel, ready for <see cref="CreateAsync" />.</summary>
    public static IEnumerable<(string, string)> Channel(int index, string name, string type, string url) =>
        [($"channels:{index}:name", name), ($"channels:{index}:type", type), ($"channels:{index}:url", url)];

    /// <summary>One more process on the database.</summary>
    public ServiceProvider Host(TimeProvider? clock = null)
    {
        var services = new ServiceCollection();
        services.AddLogging(l => l.SetMinimumLevel(LogLevel.Trace).AddProvider(new LineLogger(Lines)));
        services.AddSingleton(clock ?? Clock);
        _database(services);
        var reader = new ConfigurationReader(new ConfigurationBuilder().AddInMemoryCollection(_settings).Build());
        services.AddAccess(new AccessOptions()).AddPolicies(
            new PolicyBounds(5, TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(60), [], new GateOptions().Bounds(), NobodyLogsIn: true));
        services.AddNotifications(NotificationOptions.Read(reader), new RetentionOptions());
        reader.ThrowIfWrong();
        var host = services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
        _hosts.Add(host);
        return host;
    }

    /// <summary>Commits notices, each in a transaction of its own.</summary>
    public async Task Tell(ServiceProvider host, params Notice[] notices)
    {
        foreach (var notice in notices)
        {
            using var scope = host.CreateScope();
            await scope.ServiceProvider.GetRequiredService<Notices>().AddAsync(notice, Stop);
            await scope.ServiceProvider.GetRequiredService<CdDbContext>().SaveChangesAsync(Stop);
        }
    }

    public async Task<List<Notification>> Rows()
    {
        using var scope = _hosts[0].CreateScope();
        return await scope.ServiceProvider.GetRequiredService<CdDbContext>().Set<Notification>().AsNoTracking().OrderBy(n => n.Id).ToListAsync(Stop);
    }

    /// <summary>All channels of the hosts work side by side until nothing can be sent at this moment. Returns when that changes.</summary>
    public static async Task<DateTimeOffset?> Settle(params ServiceProvider[] hosts) => (await Settle(Senders(hosts))).Min(s => s.Again);

    /// <summary>Moves the clock from one thing to do to the next until all is told. Returns how long that took on the clock.</summary>
    public async Task<TimeSpan> Drain(params ServiceProvider[] hosts)
    {
        var start = Clock.GetUtcNow();
        while ((await Settle(Senders(hosts))).Where(s => s.Again is not null).ToList() is { Count: > 0 } waiting)
            while (waiting.Count > 0)
            {
                // Only who has something to do at the next moment is woken: a minute's wait of one service is many moments of another.
                var next = waiting.Min(s => s.Again)!.Value;
                if (next > Clock.GetUtcNow())
                    Clock.SetUtcNow(next);
                var due = waiting.Where(s => s.Again <= next).ToList();
                waiting = [.. waiting.Except(due), .. (await Settle(due)).Where(s => s.Again is not null)];
            }
        return Clock.GetUtcNow() - start;
    }

    private static IEnumerable<Sender> Senders(ServiceProvider[] hosts) => hosts.SelectMany(host =>
        host.GetRequiredService<ChannelRegistry>().All.Select(channel => new Sender(host.GetRequiredService<NotificationDispatcher>(), channel, null)));

    private static Task<Sender[]> Settle(IEnumerable<Sender> senders) => Task.WhenAll(senders.Select(async sender =>
    {
        while (true)
            if (await sender.Pump.StepAsync(sender.Channel, Stop) is { Sent: false, LookAgainAt: var again })
                return sender with { Again = again };
    }));

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
            await host.DisposeAsync();
        Npgsql.NpgsqlConnection.ClearAllPools();
        await _drop.DisposeAsync();
    }

    private sealed record Sender(NotificationDispatcher Pump, INotificationChannel Channel, DateTimeOffset? Again);

    private sealed class TemporaryFile : IAsyncDisposable
    {
        public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"notices-{System.IO.Path.GetRandomFileName()}.db");

        public ValueTask DisposeAsync()
        {
            foreach (var file in new[] { Path, Path + "-wal", Path + "-shm" })
                File.Delete(file);
            return ValueTask.CompletedTask;
        }
    }

    private sealed class LineLogger(ConcurrentQueue<string> lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
