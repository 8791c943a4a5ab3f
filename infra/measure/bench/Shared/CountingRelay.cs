using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace DevopsCd.Bench;

/// <summary>
/// Stands before PostgreSQL and counts on the wire: a round trip is the client speaking after the server spoke, a statement is
/// an Execute or a simple Query, a transaction is what ends with the server idle. It counts the same for every client.
/// </summary>
internal sealed class CountingRelay : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly string _host;
    private readonly int _port;
    private long _roundTrips;
    private long _statements;
    private long _transactions;

    internal CountingRelay(string host, int port)
    {
        _host = host;
        _port = port;
        _listener.Start();
        _ = AcceptAsync();
    }

    internal int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    internal long RoundTrips => Interlocked.Read(ref _roundTrips);

    internal long Transactions => Interlocked.Read(ref _transactions);

    internal long Statements => Interlocked.Read(ref _statements);

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception exception) when (exception is ObjectDisposedException or SocketException)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        using (var server = new TcpClient(_host, _port))
        {
            client.NoDelay = server.NoDelay = true;
            var connection = new Connection();
            try
            {
                await Task.WhenAny(
                    PumpAsync(client.GetStream(), server.GetStream(), bytes => Count(connection, bytes.Span)),
                    PumpAsync(server.GetStream(), client.GetStream(), bytes => CountAnswers(connection, bytes.Span)));
            }
            catch (IOException)
            {
                // One side has gone; the other goes with it.
            }
        }
    }

    private static async Task PumpAsync(NetworkStream from, NetworkStream to, Action<ReadOnlyMemory<byte>> see)
    {
        var buffer = new byte[65536];
        int read;
        while ((read = await from.ReadAsync(buffer)) > 0)
        {
            see(buffer.AsMemory(0, read));
            await to.WriteAsync(buffer.AsMemory(0, read));
        }
    }

    private void Count(Connection connection, ReadOnlySpan<byte> bytes)
    {
        if (connection.ServerSpoke)
        {
            connection.ServerSpoke = false;
            Interlocked.Increment(ref _roundTrips);
        }

        foreach (var value in bytes)
            if (connection.Client.Next(value) is { Type: (byte)'E' or (byte)'Q' })
                Interlocked.Increment(ref _statements);
    }

    private void CountAnswers(Connection connection, ReadOnlySpan<byte> bytes)
    {
        connection.ServerSpoke = true;
        foreach (var value in bytes)
            if (connection.Server.Next(value) is { Type: (byte)'Z', First: (byte)'I' })
                Interlocked.Increment(ref _transactions);
    }

    private sealed class Connection
    {
        internal Frames Client { get; } = new(startup: true);

        internal Frames Server { get; } = new(startup: false);

        internal volatile bool ServerSpoke;
    }

    /// <summary>Cuts one direction of the protocol into messages: a type, a length, a body.</summary>
    private sealed class Frames(bool startup)
    {
        private readonly byte[] _header = new byte[5];
        private bool _startup = startup; // the client's first message has no type
        private int _headerLength;
        private int _left;
        private bool _first;

        /// <summary>Type and first byte of a message, once both are there; a message without a body has no first byte.</summary>
        internal (byte Type, byte First) Next(byte value)
        {
            if (_left > 0)
            {
                _left--;
                var isFirst = _first;
                _first = false;
                return isFirst ? (_header[0], value) : default;
            }

            _header[_headerLength++] = value;
            if (_headerLength < (_startup ? 4 : 5))
                return default;

            _headerLength = 0;
            _left = BinaryPrimitives.ReadInt32BigEndian(_header.AsSpan(_startup ? 0 : 1, 4)) - 4;
            _first = !_startup && _left > 0;
            _startup = false;
            return default;
        }
    }
}
