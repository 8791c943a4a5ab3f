using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace DevopsCd.Testing;

/// <summary>
/// A TCP relay on a loopback port in front of a server, for tests that take the server away: by <see cref="Cut"/> (connections
/// are reset and new ones refused), by <see cref="Swallow"/> (connections stay open and nothing comes through any more, in both
/// directions or in one), by a <see cref="Delay"/> on every piece of data, or by <see cref="LoseAnswersTo"/> certain words.
/// <see cref="Restore"/> ends either.
/// </summary>
public sealed class TcpRelay : IAsyncDisposable
{
    private readonly string _targetHost;
    private readonly IPAddress _address;
    private volatile int _targetPort;
    private readonly ConcurrentDictionary<Pair, byte> _open = new();
    private readonly ConcurrentBag<Task> _running = [];
    private readonly Lock _state = new();

    private TcpListener? _listener;
    private TaskCompletionSource _toServer = Flow(true);
    private TaskCompletionSource _toClient = Flow(true);
    private int _accepted;
    private long _received;
    private LostAnswers? _losing;

    private TcpRelay(string targetHost, int targetPort, IPEndPoint? at = null)
    {
        this._targetHost = targetHost;
        this._targetPort = targetPort;
        _address = at?.Address ?? IPAddress.Loopback;
        Port = at?.Port ?? FreePort.Next();
        Listen();
    }

    public int Port { get; }

    /// <summary>Added to every piece of data in either direction.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>Answers that <see cref="LoseAnswersTo" /> has kept back so far.</summary>
    public int AnswersLost { get; private set; }

    /// <summary>Connections accepted so far.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>Bytes that the server has sent so far.</summary>
    public long Received => Interlocked.Read(ref _received);

    public static TcpRelay To(string host, int port) => new(host, port);

    /// <summary>At an address of its own, such as a Service of a cluster has.</summary>
    public static TcpRelay At(IPEndPoint address, string host, int port) => new(host, port, address);

    public static TcpRelay To(PostgresDatabase database)
    {
        var address = new Npgsql.NpgsqlConnectionStringBuilder(database.ConnectionString);
        return new(address.Host!, address.Port);
    }

    public static TcpRelay To(RabbitVirtualHost host) => new(host.Uri.Host, host.Uri.Port);

    /// <summary>New connections lead to another port, as those of a load balancer that has noticed that a server is gone.</summary>
    public void LeadTo(int port) => _targetPort = port;

    /// <summary>Resets every connection and refuses new ones until <see cref="Restore"/>.</summary>
    public void Cut()
    {
        lock (_state)
        {
            _listener?.Stop();
            _listener = null;
        }

        Reset();
    }

    /// <summary>Resets every connection; new ones are accepted.</summary>
    public void Reset()
    {
        foreach (var pair in _open.Keys) pair.Abort();
    }

    /// <summary>Nothing comes through any more, nothing is closed, and new connections are accepted into the same silence.</summary>
    public void Swallow()
    {
        SwallowToServer();
        SwallowToClient();
    }

    /// <summary>What the client says is not heard; what the server says still comes.</summary>
    public void SwallowToServer()
    {
        lock (_state)
            if (_toServer.Task.IsCompleted)
                _toServer = Flow(false);
    }

    /// <summary>The server hears and does everything, and its answers do not come.</summary>
    public void SwallowToClient()
    {
        lock (_state)
            if (_toClient.Task.IsCompleted)
                _toClient = Flow(false);
    }

    /// <summary>The connections that are open now stay open and carry nothing any more, as after a fail-over; new ones are carried.</summary>
    public void Abandon()
    {
        foreach (var pair in _open.Keys) pair.Flowing = Flow(false);
    }

    /// <summary>
    /// What a client says with these words in it reaches the server; the answer that shows that it was done reaches nobody, and the connection is
    /// reset. Words that are split between two pieces of data are not recognised.
    /// </summary>
    /// <param name="words">For example <c>COMMIT\0</c>, which PostgreSQL's clients send by itself.</param>
    /// <param name="every">One in so many of them.</param>
    public void LoseAnswersTo(ReadOnlyMemory<byte> words, int every = 1) => Volatile.Write(ref _losing, new(words, every));

    /// <summary>Lets everything through again; what was swallowed is delivered late, as TCP does after an outage of the line.</summary>
    public void Restore()
    {
        lock (_state)
        {
            _toServer.TrySetResult();
            _toClient.TrySetResult();
            Volatile.Write(ref _losing, null);
            if (_listener is null) Listen();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Cut();
        _toServer.TrySetResult();
        _toClient.TrySetResult();
        await Task.WhenAll(_running).ConfigureAwait(false);
    }

    private static TaskCompletionSource Flow(bool open)
    {
        var flow = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (open) flow.SetResult();
        return flow;
    }

    private void Listen()
    {
        var current = new TcpListener(_address, Port);
        current.Server.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        current.Start();
        _listener = current;
        _running.Add(Accept(current));
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

            Interlocked.Increment(ref _accepted);
            _running.Add(Carry(client));
        }
    }

    private async Task Carry(Socket client)
    {
        using var pair = new Pair(client, new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        _open.TryAdd(pair, 0);

        try
        {
            await pair.Server.ConnectAsync(_targetHost, _targetPort, pair.Gone).ConfigureAwait(false);
            pair.Client.NoDelay = pair.Server.NoDelay = true;
            await Task.WhenAll(Pump(pair, pair.Client, pair.Server, () => _toServer.Task), Pump(pair, pair.Server, pair.Client, () => _toClient.Task))
                .ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            pair.Abort();
        }
        finally
        {
            _open.TryRemove(pair, out _);
        }
    }

    // A reader and a writer with a queue between them: a delay then shifts the data in time and does not thin it out.
    private async Task Pump(Pair pair, Socket from, Socket to, Func<Task> flowing)
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
                {
                    if (from == pair.Client && Volatile.Read(ref _losing)?.IsFor(buffer.AsSpan(0, count)) == true)
                    {
                        pair.LosesAnswer = true;
                    }
                    else if (from == pair.Server && pair.LosesAnswer)
                    {
                        lock (_state) AnswersLost++;
                        pair.Abort();
                        return;
                    }

                    if (from == pair.Server) Interlocked.Add(ref _received, count);
                    await pieces.Writer.WriteAsync((Environment.TickCount64 + (long)Delay.TotalMilliseconds, buffer[..count]), pair.Gone).ConfigureAwait(false);
                }
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
                await flowing().WaitAsync(pair.Gone).ConfigureAwait(false);
                await pair.Flowing.Task.WaitAsync(pair.Gone).ConfigureAwait(false);
                for (var sent = 0; sent < data.Length;) sent += await to.SendAsync(data.AsMemory(sent), pair.Gone).ConfigureAwait(false);
            }

            await flowing().WaitAsync(pair.Gone).ConfigureAwait(false);
            await pair.Flowing.Task.WaitAsync(pair.Gone).ConfigureAwait(false);
            to.Shutdown(SocketShutdown.Send);
        }
    }

    private sealed class LostAnswers(ReadOnlyMemory<byte> words, int every)
    {
        private int _seen;

        public bool IsFor(ReadOnlySpan<byte> said) => said.IndexOf(words.Span) >= 0 && Interlocked.Increment(ref _seen) % every == 0;
    }

    private sealed class Pair(Socket client, Socket server) : IDisposable
    {
        private readonly CancellationTokenSource _gone = new();

        public Socket Client => client;

        public Socket Server => server;

        public CancellationToken Gone => _gone.Token;

        public TaskCompletionSource Flowing { get; set; } = Flow(true);

        /// <summary>Whether what the server says next is the end of the connection.</summary>
        public volatile bool LosesAnswer;

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
                _gone.Cancel();
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
            _gone.Dispose();
        }
    }
}
