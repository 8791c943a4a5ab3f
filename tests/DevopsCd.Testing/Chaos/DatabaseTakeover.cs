using DevopsCd.Testing.Hosting;

namespace DevopsCd.Testing.Chaos;

/// <summary>PostgreSQL crashes and does not come back; its standby takes over some time later, and the address leads there.</summary>
internal sealed class DatabaseTakeover(PostgresServer primary, PostgresServer standby, PostgresDatabase database, PostgresDatabase later, TcpRelay address,
    RabbitVirtualHost broker) : ServerTrouble
{
    private static readonly TimeSpan s_until = TimeSpan.FromSeconds(5);

    public override HostSettings Settings { get; } = HostSettings.On(database.Through(address), broker.Uri);

    public override PostgresDatabase Database => later;

    public override string Said => "Commands cannot be decided";

    public static async Task<ServerTrouble> CreateAsync()
    {
        var primary = await PostgresServer.StartAsync().ConfigureAwait(false);
        var database = await PostgresDatabase.CreateAsync(server: primary).ConfigureAwait(false);
        var standby = await primary.StandbyAsync().ConfigureAwait(false);
        return new DatabaseTakeover(primary, standby, database, database.On(standby), TcpRelay.To(database), await RabbitVirtualHost.CreateAsync()
            .ConfigureAwait(false));
    }

    public override async Task BeginAsync(HostProcess host)
    {
        await primary.CrashAsync().ConfigureAwait(false);
        await Pause.For(s_until).ConfigureAwait(false);
    }

    public override async Task EndAsync()
    {
        await standby.TakeOverAsync().ConfigureAwait(false);
        address.LeadTo(standby.Port);
        address.Reset();
    }

    public override async ValueTask DisposeAsync()
    {
        await address.DisposeAsync().ConfigureAwait(false);
        await broker.DisposeAsync().ConfigureAwait(false);
        await standby.DisposeAsync().ConfigureAwait(false);
        await primary.DisposeAsync().ConfigureAwait(false);
    }
}
