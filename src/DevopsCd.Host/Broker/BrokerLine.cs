using System.Net.Sockets;
using MassTransit;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace DevopsCd.Host.Broker;

/// <summary>
/// The way to the broker. Every attempt of the bus to connect is preceded by one of ours: MassTransit gives an endpoint up for good when a login
/// is refused, as it is while a password is being changed, and writes a stack trace at each attempt. What we find is told once a minute and in the
/// readiness, and tried again. And the sockets are known here, so that one that is open and dead can be cut: a connection that is closed by its
/// owner leaves the send endpoints of MassTransit on it, some of them waiting for ever; one whose line breaks takes all of them with it.
/// </summary>
internal sealed class BrokerLine(BrokerOptions options, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<BrokerLine> log)
{
    private static readonly TimeSpan s_untilRepeated = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly List<ITcpClient> _open = [];
    private long _told;
    private volatile string? _trouble;

    /// <summary>Why the last attempt to connect failed; null when it did not.</summary>
    public string? Trouble => _trouble;

    /// <summary>Called before every attempt to connect.</summary>
    /// <exception cref="ConnectionException">There is no way to the broker now.</exception>
    public async Task FollowAsync(ConnectionFactory factory)
    {
        factory.SocketFactory = Open;
        try
        {
            var connection = await factory.CreateConnectionAsync([options.Address.Host], "devopscd looks whether it may come in", lifetime.ApplicationStopping);
            await connection.DisposeAsync();
        }
        catch (Exception failure) when (!lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // Without the cause: MassTransit tells a refused login by it, and would give up.
            throw new ConnectionException(Tell(Words(failure)), isTransient: true);
        }
        if (_trouble is not null)
            log.BrokerReached(options.Address.Host);
        _trouble = null;
    }

    public void Cut()
    {
        List<ITcpClient> lines;
        lock (_lock)
        {
            lines = [.. _open];
            _open.Clear();
        }
        foreach (var line in lines)
            line.Dispose();
    }

    private ITcpClient Open(AddressFamily family)
    {
        var line = ConnectionFactoryBase.DefaultSocketFactory(family);
        lock (_lock)
        {
            _open.RemoveAll(old => !old.Connected);
            _open.Add(line);
        }
        return line;
    }

    private string Tell(string trouble)
    {
        if (_trouble != trouble || clock.GetElapsedTime(_told) >= s_untilRepeated)
        {
            _told = clock.GetTimestamp();
            log.BrokerNotReached(trouble);
        }
        _trouble = trouble;
        return trouble;
    }

    private string Words(Exception failure)
    {
        var address = options.Address;
        for (var cause = failure; cause is not null; cause = cause.InnerException)
            switch (cause)
            {
                case AuthenticationFailureException:
                    return $"the broker {address.Host}:{address.Port} refuses the login of '{address.Username}': look at {BrokerOptions.Section}:username and :password";
                case OperationInterruptedException { ShutdownReason: { } reason }:
                    return $"the broker {address.Host}:{address.Port} refuses the virtual host '{address.VirtualHost}' to '{address.Username}': {reason.ReplyText}";
            }
        return $"the broker {address.Host}:{address.Port} cannot be reached: {failure.GetBaseException().Message}";
    }
}
