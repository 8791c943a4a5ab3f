using System.Net;
using System.Net.Sockets;
using DevopsCd.Testing;

namespace DevopsCd.Host.Tests.Access;

/// <summary>Gives every connection to the next of several servers, whoever it comes from.</summary>
public sealed class RoundRobin : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly Uri[] _servers;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _work;

    public RoundRobin(int port, params Uri[] servers)
    {
        _servers = servers;
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Start();
        _work = Accept();
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _listener.Dispose();
        _end.Dispose();
    }

    private async Task Accept()
    {
        for (var next = 0; ; next++)
            _ = Carry(await _listener.AcceptTcpClientAsync(_end.Token), _servers[next % _servers.Length]);
    }

    private async Task Carry(TcpClient client, Uri server)
    {
        using (client)
        using (var there = new TcpClient())
            try
            {
                await there.ConnectAsync(server.Host, server.Port, _end.Token);
                await Task.WhenAny(client.GetStream().CopyToAsync(there.GetStream(), _end.Token), there.GetStream().CopyToAsync(client.GetStream(), _end.Token));
            }
            catch (Exception gone) when (gone is IOException or SocketException or OperationCanceledException)
            {
            }
    }
}
