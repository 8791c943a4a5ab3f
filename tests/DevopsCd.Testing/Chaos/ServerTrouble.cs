using DevopsCd.Testing.Hosting;

namespace DevopsCd.Testing.Chaos;

/// <summary>What befalls a server that a host needs, and what has to be told of it. It brings the servers that it may disturb.</summary>
public abstract class ServerTrouble : IAsyncDisposable
{
    /// <summary>The troubles by the name of their figure.</summary>
    public static readonly IReadOnlyDictionary<string, Func<Task<ServerTrouble>>> Figures = new Dictionary<string, Func<Task<ServerTrouble>>>
    {
        ["commit-cut"] = CommitCut.CreateAsync,
        ["database-crash"] = DatabaseCrash.CreateAsync,
        ["database-takeover"] = DatabaseTakeover.CreateAsync,
        ["database-slow"] = SlowDatabase.CreateAsync,
        ["statement-cancels"] = StatementCancels.CreateAsync,
        ["database-frozen"] = FrozenSessions.CreateAsync,
        ["database-full"] = FullDatabaseDisk.CreateAsync,
        ["wal-full"] = FullWalDisk.CreateAsync,
        ["sqlite-full"] = FullSqliteDisk.CreateAsync,
        ["sqlite-kill"] = () => Task.FromResult<ServerTrouble>(new EmbeddedKill()),
        ["broker-restart"] = () => BrokerRestart.CreateAsync(server => server.LeaveAsync(), server => server.ComeBackAsync()),
        ["consumer-timeout"] = ConsumerTimeout.CreateAsync,
        ["broker-kill"] = () => BrokerRestart.CreateAsync(server => server.KillAsync(), server => server.StartAgainAsync()),
        ["broker-memory"] = () => BrokerAlarm.CreateAsync(server => server.AlarmMemoryAsync()),
        ["broker-disk"] = () => BrokerAlarm.CreateAsync(server => server.AlarmDiskAsync()),
    };

    /// <summary>The host's way to its servers.</summary>
    public abstract HostSettings Settings { get; }

    /// <summary>Null where it is a file.</summary>
    public virtual PostgresDatabase? Database => null;

    /// <summary>What the readiness says meanwhile; null where it need not say anything.</summary>
    public virtual string? Said => null;

    /// <summary>What some command is answered meanwhile; null where none need be refused.</summary>
    public virtual string? Refusal => null;

    /// <summary>Whether people get what they ask for all the while.</summary>
    public virtual bool SparesPeople => false;

    /// <summary>How often it happened.</summary>
    public virtual int Times => 1;

    /// <summary>Messages that wait until it is over.</summary>
    public virtual Task<long> WaitingAsync() => Task.FromResult(0L);

    /// <summary>What else has to be true when everything has moved on; empty when it is.</summary>
    public virtual Task<IReadOnlyList<string>> CheckAsync() => Task.FromResult<IReadOnlyList<string>>([]);

    /// <param name="host">The one that needs the server.</param>
    public abstract Task BeginAsync(HostProcess host);

    public abstract Task EndAsync();

    public abstract ValueTask DisposeAsync();
}

/// <summary>The database commits, and its word of it reaches nobody: the connection is reset instead, with every third commit.</summary>
internal sealed class CommitCut(PostgresDatabase database, RabbitVirtualHost broker, TcpRelay line) : ServerTrouble
{
    private const int Every = 3;

    public override HostSettings Settings { get; } = HostSettings.On(database.Through(line), broker.Uri);

    public override PostgresDatabase Database => database;

    public override int Times => line.AnswersLost;

    public static async Task<ServerTrouble> CreateAsync()
    {
        var database = await PostgresDatabase.CreateAsync().ConfigureAwait(false);
        return new CommitCut(database, await RabbitVirtualHost.CreateAsync().ConfigureAwait(false), TcpRelay.To(database));
    }

    public override Task BeginAsync(HostProcess host)
    {
        line.LoseAnswersTo("COMMIT\0"u8.ToArray(), Every);
        return Task.CompletedTask;
    }

    public override Task EndAsync()
    {
        line.Restore();
        return Task.CompletedTask;
    }

    public override async ValueTask DisposeAsync()
    {
        await line.DisposeAsync().ConfigureAwait(false);
        await broker.DisposeAsync().ConfigureAwait(false);
        await database.DisposeAsync().ConfigureAwait(false);
    }
}

/// <summary>The broker takes no more messages, for want of memory or of space on its disk, and says so on every connection.</summary>
internal sealed class BrokerAlarm(RabbitServer server, PostgresDatabase database, Func<RabbitServer, Task> alarm) : ServerTrouble
{
    public override HostSettings Settings { get; } = HostSettings.On(database.ConnectionString, server.Uri);

    public override PostgresDatabase Database => database;

    public override string Said => "the broker accepts no messages";

    public override bool SparesPeople => true;

    public static async Task<ServerTrouble> CreateAsync(Func<RabbitServer, Task> alarm) =>
        new BrokerAlarm(await RabbitServer.StartAsync().ConfigureAwait(false), await PostgresDatabase.CreateAsync().ConfigureAwait(false), alarm);

    public override Task<long> WaitingAsync() => database.ScalarAsync<long>("select count(*) from outbox_message");

    public override Task BeginAsync(HostProcess host) => alarm(server);

    public override Task EndAsync() => server.EndAlarmsAsync();

    public override async ValueTask DisposeAsync()
    {
        await database.DisposeAsync().ConfigureAwait(false);
        await server.DisposeAsync().ConfigureAwait(false);
    }
}
