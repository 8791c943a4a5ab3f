using DevopsCd.Testing.Hosting;

namespace DevopsCd.Testing.Chaos;

/// <summary>A host on a machine of its own: its lines to the database and the broker can be cut with it.</summary>
public sealed class ChaosHost : IAsyncDisposable
{
    private readonly TcpRelay? _toDatabase;
    private readonly TcpRelay? _toBroker;

    private ChaosHost(HostProcess process, TcpRelay? toDatabase, TcpRelay? toBroker) =>
        (Process, this._toDatabase, this._toBroker) = (process, toDatabase, toBroker);

    public HostProcess Process { get; }

    /// <summary>Whether people and the deploy service would ask it: a load balancer leaves out one that does not answer.</summary>
    public bool IsUp { get; private set; } = true;

    /// <param name="name">Names its log.</param>
    /// <param name="relayed">Whether its lines can be cut.</param>
    /// <param name="settings">The configuration for these addresses of the database and the broker.</param>
    public static ChaosHost New(string name, PostgresDatabase database, RabbitVirtualHost broker, bool relayed, Func<string, Uri, HostSettings> settings)
    {
        if (!relayed) return new(new HostProcess(name, settings(database.ConnectionString, broker.Uri)), null, null);
        var (toDatabase, toBroker) = (TcpRelay.To(database), TcpRelay.To(broker));
        return new(new HostProcess(name, settings(database.Through(toDatabase), broker.Through(toBroker))), toDatabase, toBroker);
    }

    /// <summary>It is there from now on, once <paramref name="start"/> has brought it up.</summary>
    public async Task JoinAsync(Func<Task> start)
    {
        IsUp = false;
        await start().ConfigureAwait(false);
        IsUp = true;
    }

    /// <summary>Told to end, and away until it joins again; returns its exit code.</summary>
    public Task<int> LeaveAsync()
    {
        IsUp = false;
        return Process.StopAsync();
    }

    /// <summary>Not there until it joins.</summary>
    public ChaosHost Waiting()
    {
        IsUp = false;
        return this;
    }

    /// <summary>Killed, and at once started again by <paramref name="start"/>.</summary>
    public async Task KillAsync(Func<Task> start)
    {
        await Process.Kill9Async().ConfigureAwait(false);
        await start().ConfigureAwait(false);
    }

    /// <summary>Told to end, and started again by <paramref name="start"/> when it has; returns its exit code.</summary>
    public async Task<int> StopAsync(Func<Task> start)
    {
        IsUp = false;
        var code = await Process.StopAsync().ConfigureAwait(false);
        await start().ConfigureAwait(false);
        IsUp = true;
        return code;
    }

    /// <summary>Gone without a word for a while; then another machine takes its place.</summary>
    public async Task LoseAsync(TimeSpan time, Func<Task> start)
    {
        IsUp = false;
        _toDatabase!.Swallow();
        _toBroker!.Swallow();
        await Process.Kill9Async().ConfigureAwait(false);
        await Pause.For(time).ConfigureAwait(false);
        foreach (var line in (TcpRelay[])[_toDatabase, _toBroker])
        {
            // What was on its way is lost with the machine, and not delivered late.
            line.Cut();
            line.Restore();
        }

        await start().ConfigureAwait(false);
        IsUp = true;
    }

    /// <summary>One of its lines carries nothing for a while, and everything else goes on; what was swallowed then comes late.</summary>
    public async Task PartAsync(bool fromDatabase, TimeSpan time)
    {
        IsUp = false;
        var line = fromDatabase ? _toDatabase! : _toBroker!;
        line.Swallow();
        await Pause.For(time).ConfigureAwait(false);
        line.Restore();
        await Process.UntilReadyAsync().ConfigureAwait(false);
        IsUp = true;
    }

    public async Task FreezeAsync(TimeSpan time)
    {
        IsUp = false;
        Process.Freeze();
        await Pause.For(time).ConfigureAwait(false);
        Process.Thaw();
        await Process.UntilReadyAsync().ConfigureAwait(false);
        IsUp = true;
    }

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync().ConfigureAwait(false);
        if (_toDatabase is not null) await _toDatabase.DisposeAsync().ConfigureAwait(false);
        if (_toBroker is not null) await _toBroker.DisposeAsync().ConfigureAwait(false);
    }
}
