using MassTransit;
using MassTransit.RabbitMqTransport.Configuration;
using MassTransit.Transports;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using ConnectionContext = MassTransit.RabbitMqTransport.ConnectionContext;

namespace DevopsCd.Host.Broker;

/// <summary>
/// Asks the broker for an answer every few seconds, over the connection everything else uses. A connection that is open and silent looks
/// healthy to the bus until its heartbeats are missed; here it is known sooner, said in the readiness, and cut, so that the bus makes a
/// new one; so is one with a send on it that does not end. A broker that has blocked the connection (memory or disk alarm) is only
/// reported: it would block the next one as well.
/// </summary>
internal sealed class BrokerWatch(IBusInstance bus, BrokerLine line, HungSends sends, TimeProvider clock, ILogger<BrokerWatch> log) : BackgroundService
{
    /// <summary>
    /// The interval of the connection's heartbeats: the net below this watch, on the broker's side as on ours. RabbitMQ gives up a silent
    /// client between two and three intervals after its last word, so that what a lost machine had in hand is with others after 10 to 15 s.
    /// </summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan s_between = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_untilFollowed = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_untilSilent = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_untilCut = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_untilHung = TimeSpan.FromSeconds(15);

    private volatile IConnection? _connection;
    private Task _finding = Task.CompletedTask;
    private volatile string? _blocked;
    private volatile bool _silent;
    private volatile string? _refused;

    /// <summary>Why the broker takes nothing although it can be reached; null while it answers.</summary>
    public string? Trouble => _blocked is { } alarm ? $"the broker accepts no messages: {alarm}" : _silent ? "the broker does not answer" : _refused;

    /// <summary>
    /// Whether the bus's connection tells this watch what the broker says of it. An alarm is told to a connection once: whoever listens only
    /// after that takes the connection for a dead one.
    /// </summary>
    public bool IsFollowing => bus.HostConfiguration is not IRabbitMqHostConfiguration || _connection is not null;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (bus.HostConfiguration is not IRabbitMqHostConfiguration broker)
            return;
        try
        {
            while (true)
            {
                await LookAsync(broker, stoppingToken);
                await Task.Delay(IsFollowing ? s_between : s_untilFollowed, clock, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the host stops
        }
    }

    private async Task LookAsync(IRabbitMqHostConfiguration broker, CancellationToken cancellationToken)
    {
        // Asking a bus without a connection would make it connect once more, beside its own attempts.
        var health = bus.BusControl.CheckHealth();
        if (health.Status != BusHealthStatus.Healthy)
        {
            (_silent, _blocked, _connection) = (false, null, null);
            TellRefusal(health);
            return;
        }
        _refused = null;

        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var answer = AskAsync(broker, ends.Token);
        if (!await ComesAsync(answer, s_untilSilent, cancellationToken))
        {
            _silent = true;
            log.BrokerSilent(s_untilSilent.TotalSeconds);
            await ComesAsync(answer, s_untilCut - s_untilSilent, cancellationToken);
        }
        var answered = answer.IsCompleted;
        await ends.CancelAsync();
        await answer.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        _silent = !answered;
        if (_blocked is not null)
            return;
        if (!answered)
            Cut($"no answer for {s_untilCut.TotalSeconds} s");
        else if (sends.Oldest > s_untilHung)
            Cut($"a send on it has not ended for {s_untilHung.TotalSeconds} s");
    }

    /// <summary>A queue that somebody has declared otherwise keeps its endpoint from working until a person puts it right.</summary>
    private void TellRefusal(BusHealthResult health)
    {
        if (health.Endpoints.Values.Select(endpoint => Refusal(endpoint.Exception)).FirstOrDefault(found => found is not null) is not { } refusal)
            return;
        // The broker's own words name the queue and what is different about it.
        var told = $"the broker refuses what the service declares: {refusal}";
        if (_refused != told)
            log.BrokerNotReached(told);
        _refused = told;
    }

    private static string? Refusal(Exception? failure)
    {
        for (var cause = failure; cause is not null; cause = cause.InnerException)
            if (cause is OperationInterruptedException { ShutdownReason: { ReplyCode: Constants.PreconditionFailed or Constants.AccessRefused } reason })
                return reason.ReplyText;
        return null;
    }

    /// <summary>Opens a channel, which needs no rights, and closes it. It fails where the connection was lost, which the bus knows by itself.</summary>
    private async Task AskAsync(IRabbitMqHostConfiguration broker, CancellationToken cancellationToken)
    {
        // Not cancelled, and nothing fails inside: either would end the connection for all others.
        if (_finding.IsCompleted)
            _finding = broker.ConnectionContextSupervisor.Send(Pipe.Execute<ConnectionContext>(context => Follow(context.Connection)), CancellationToken.None);
        await _finding.WaitAsync(cancellationToken);
        var channel = await _connection!.CreateChannelAsync(cancellationToken: cancellationToken).WaitAsync(cancellationToken);
        await channel.CloseAsync(cancellationToken).WaitAsync(cancellationToken);
    }

    private async Task<bool> ComesAsync(Task answer, TimeSpan within, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(answer, Task.Delay(within, clock, patience.Token));
        await patience.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
        return answer.IsCompleted;
    }

    private void Follow(IConnection connection)
    {
        if (ReferenceEquals(_connection, connection))
            return;
        _connection = connection;
        _blocked = null;
        connection.ConnectionBlockedAsync += (_, blocked) =>
        {
            if (ReferenceEquals(_connection, connection))
                _blocked = blocked.Reason;
            log.BrokerBlocked(blocked.Reason);
            return Task.CompletedTask;
        };
        connection.ConnectionUnblockedAsync += (_, _) =>
        {
            if (ReferenceEquals(_connection, connection))
                _blocked = null;
            return Task.CompletedTask;
        };
    }

    private void Cut(string why)
    {
        log.ConnectionCut(why);
        sends.Forget();
        line.Cut();
    }
}
