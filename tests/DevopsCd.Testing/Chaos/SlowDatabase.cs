using DevopsCd.Testing.Hosting;

namespace DevopsCd.Testing.Chaos;

/// <summary>What goes to PostgreSQL and what comes from it takes a quarter of a second longer each way.</summary>
internal sealed class SlowDatabase(PostgresDatabase database, RabbitVirtualHost broker, TcpRelay line) : ServerTrouble
{
    private static readonly TimeSpan s_eachWay = TimeSpan.FromMilliseconds(250);

    public override HostSettings Settings { get; } = HostSettings.On(database.Through(line), broker.Uri);

    public override PostgresDatabase Database => database;

    public static async Task<ServerTrouble> CreateAsync()
    {
        var database = await PostgresDatabase.CreateAsync().ConfigureAwait(false);
        return new SlowDatabase(database, await RabbitVirtualHost.CreateAsync().ConfigureAwait(false), TcpRelay.To(database));
    }

    public override Task BeginAsync(HostProcess host)
    {
        line.Delay = s_eachWay;
        return Task.CompletedTask;
    }

    public override Task EndAsync()
    {
        line.Delay = TimeSpan.Zero;
        return Task.CompletedTask;
    }

    public override async ValueTask DisposeAsync()
    {
        await line.DisposeAsync().ConfigureAwait(false);
        await broker.DisposeAsync().ConfigureAwait(false);
        await database.DisposeAsync().ConfigureAwait(false);
    }
}
