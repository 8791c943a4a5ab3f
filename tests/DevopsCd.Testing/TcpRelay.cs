using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace DevopsCd.Testing;

/// <summary>
/// A TCP relay on a loopback port in front of a server, for tests that take the server away: by <see cref="Cut"/> (connections
/// are reset and new ones refused), by <see cref="Swallow"/> (connections stay open and nothing comes through any more), or by
/// a <see cref="Delay"/> on every piece of data. <see cref="Restore"/> ends either.
/// </summary>
public sealed class TcpRelay : IAsyncDisposable
{
    private readonly string targetHost;
    private readonly int targetPort;
    private readonly ConcurrentDictionary<Pair, byte> open = new();
    private readonly ConcurrentBag<Task> running = [];
    private readonly Lock state = new();

    private TcpListener? listener;
    private TaskCompletionSource flowing = Flow(true);
    private int accepted;

    private TcpRelay(string targetHost, int targetPort)
    {
        this.targetHost = targetHost;
        this.targetPort = targetPort;
        Port = FreePort.Next();
        Listen();
    }

    public int Port { get; }

    /// <summary>Added to every piece of data in either direction.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>Connections accepted so far.</summary>
    public int Accepted => Volatile.Read(ref accepted);

    public static TcpRelay To(string host, int port) => new(host, port);

    public static TcpRelay To(PostgresDatabase database)
    {
        var address = new Npgsql.NpgsqlConnectionStringBuilder(database.ConnectionString);
        return new(address.Host!, address.Port);
    }

    public static TcpRelay To(RabbitVirtualHost host) => new(host.Uri.Host, host.Uri.Port);

    /// <summary>Resets every connection and refuses new ones until <see cref="Restore"/>.</summary>
    public void Cut()
    {
        lock (state)
        {
            listener?.Stop();
            listener = null;
        }

        Reset();
    }

    /// <summary>Resets every connection; new ones are accepted.</summary>
    public void Reset()
    {
        foreach (var pair in open.Keys) pair.Abort();
    }

    /// <summary>Nothing comes through any more, nothing is closed, and new connections are accepted into the same silence.</summary>
    public void Swallow()
    {
        lock (state)
            if (flowing.Task.IsCompleted)
                flowing = Flow(false);
    }

    /// <summary>The connections that are open now stay open and carry nothing any more, as after a fail-over; new ones are carried.</summary>
    public void Abandon()
    {
        foreach (var pair in open.Keys) pair.Flowing = Flow(false);
    }

    /// <summary>Lets everything through again; what was swallowed is delivered late, as TCP does after an outage of the line.</summary>
    public void Restore()
    {
        lock (state)
        {
            flowing.TrySetResult();
            if (listener is null) Listen();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Cut();
        flowing.TrySetResult();
        await Task.WhenAll(running).ConfigureAwait(false);
    }

    private static TaskCompletionSource Flow(bool open)
    {
        var flow = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (open) flow.SetResult();
        return flow;
    }

    private void Listen()
    {
        var current = new TcpListener(IPAddress.Loopback, Port);
        current.Server.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        current.Start();
        listener = current;
        running.Add(Accept(current));
    }

    private async Task Accept(TcpListener current)
    {
        while (true)
        {
            Socket client;

            try
            {
                client = await current.AcceptSocketAsync().ConfigureAwait(false);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }

            Interlocked.Increment(ref accepted);
            running.Add(Carry(client));
        }
    }

    private async Task Carry(Socket client)
    {
        using var pair = new Pair(client, new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        open.TryAdd(pair, 0);

        try
        {
            await pair.Server.ConnectAsync(targetHost, targetPort, pair.Gone).ConfigureAwait(false);
            pair.Client.NoDelay = pair.Server.NoDelay = true;
            await Task.WhenAll(Pump(pair, pair.Client, pair.Server), Pump(pair, pair.Server, pair.Client)).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            pair.Abort();
        }
        finally
        {
            open.TryRemove(pair, out _);
        }
    }

    // A reader and a writer with a queue between them: a delay then shifts the data in time and does not thin it out.
    private async Task Pump(Pair pair, Socket from, Socket to)
    {
        var pieces = Channel.CreateBounded<(long Due, byte[] Data)>(256);
        await Task.WhenAll(Read(), Write()).ConfigureAwait(false);

        async Task Read()
        {
            var buffer = new byte[64 * 1024];

            try
            {
                int count;
                while ((count = await from.ReceiveAsync(buffer.AsMemory(), pair.Gone).ConfigureAwait(false)) > 0)
                    await pieces.Writer.WriteAsync((Environment.TickCount64 + (long)Delay.TotalMilliseconds, buffer[..count]), pair.Gone).ConfigureAwait(false);
            }
            catch (SocketException)
            {
                pair.Abort();
            }
            finally
            {
                pieces.Writer.TryComplete();
            }
        }

        async Task Write()
        {
            await foreach (var (due, data) in pieces.Reader.ReadAllAsync(pair.Gone).ConfigureAwait(false))
            {
                await Pause.For(TimeSpan.FromMilliseconds(due - Environment.TickCount64), pair.Gone).ConfigureAwait(false);
                await flowing.Task.WaitAsync(pair.Gone).ConfigureAwait(false);
                await pair.Flowing.Task.WaitAsync(pair.Gone).ConfigureAwait(false);
                for (var sent = 0; sent < data.Length;) sent += await to.SendAsync(data.AsMemory(sent), pair.Gone).ConfigureAwait(false);
            }

            await flowing.Task.WaitAsync(pair.Gone).ConfigureAwait(false);
            await pair.Flowing.Task.WaitAsync(pair.Gone).ConfigureAwait(false);
            to.Shutdown(SocketShutdown.Send);
        }
    }

    private sealed class Pair(Socket client, Socket server) : IDisposable
    {
        private readonly CancellationTokenSource gone = new();

        public Socket Client => client;

        public Socket Server => server;

        public CancellationToken Gone => gone.Token;

        public TaskCompletionSource Flowing { get; set; } = Flow(true);

        public void Abort()
        {
            foreach (var socket in new[] { client, server })
            {
                try
                {
                    // Linger 0: a reset instead of a polite close, as when a machine vanishes.
                    socket.LingerState = new LingerOption(true, 0);
                    socket.Close();
                }
                catch (Exception e) when (e is SocketException or ObjectDisposedException)
                {
                    // Already gone, which is what was wanted.
                }
            }

            try
            {
                gone.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // The pair ended by itself in the same moment.
            }
        }

        public void Dispose()
        {
            client.Dispose();
            server.Dispose();
            gone.Dispose();
        }
    }
}
