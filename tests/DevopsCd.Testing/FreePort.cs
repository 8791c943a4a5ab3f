using System.Net;
using System.Net.Sockets;

namespace DevopsCd.Testing;

/// <summary>
/// A loopback port nobody listens on at the moment. It is none of those that the system gives to outgoing connections: one of them would take it
/// while its server is restarted, the server's own clients first of all, which then talk to themselves.
/// </summary>
public static class FreePort
{
    private const int First = 20_000, BeforeOutgoing = 32_000;

    public static int Next()
    {
        while (true)
        {
            var port = Random.Shared.Next(First, BeforeOutgoing);
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // somebody has it: another one
            }
        }
    }
}
