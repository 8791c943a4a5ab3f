using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace DevopsCd.Ui.Tests;

/// <summary>A proxy that has logged one person in: it says so with every request, the one that opens the page's connection included.</summary>
public sealed class LoginProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ends = new();
    private readonly ConcurrentBag<TcpClient> _open = [];
    private readonly (int Port, string Headers) _behind;
    private readonly Task _accepting;

    /// <param name="behind">The service.</param>
    /// <param name="person">Who is logged in.</param>
    /// <param name="groups">The person's groups, separated by commas.</param>
    public LoginProxy(Uri behind, string person, string groups)
    {
        _behind = (behind.Port, $"X-Forwarded-User: {person}\r\nX-Forwarded-Groups: {groups}\r\n");
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    public async ValueTask DisposeAsync()
    {
        await _ends.CancelAsync();
        _listener.Stop();
        await _accepting;
        foreach (var open in _open)
            open.Dispose();
        _ends.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = CarryAsync(await _listener.AcceptTcpClientAsync(_ends.Token));
        }
        catch (OperationCanceledException)
        {
            // It is over.
        }
    }

    private async Task CarryAsync(TcpClient browser)
    {
        var service = new TcpClient();
        _open.Add(browser);
        _open.Add(service);
        try
        {
            await service.ConnectAsync(IPAddress.Loopback, _behind.Port, _ends.Token);
            await Task.WhenAny(AskAsync(browser.GetStream(), service.GetStream()), service.GetStream().CopyToAsync(browser.GetStream(), _ends.Token));
        }
        catch (Exception gone) when (gone is IOException or SocketException or OperationCanceledException)
        {
            // One of the two has left.
        }
        browser.Dispose();
        service.Dispose();
    }

    /// <summary>Requests one after the other, each with the person's headers; after a change of the protocol, whatever comes.</summary>
    private async Task AskAsync(Stream browser, Stream service)
    {
        while (await HeadAsync(browser) is { } head)
        {
            var end = head.IndexOf("\r\n", StringComparison.Ordinal) + 2;
            await service.WriteAsync(Encoding.Latin1.GetBytes(head.Insert(end, _behind.Headers)), _ends.Token);
            if (Header(head, "Upgrade") is not null)
            {
                await browser.CopyToAsync(service, _ends.Token);
                return;
            }
            var left = int.Parse(Header(head, "Content-Length") ?? "0", CultureInfo.InvariantCulture);
            var buffer = new byte[16_384];
            while (left > 0 && await browser.ReadAsync(buffer.AsMemory(0, Math.Min(left, buffer.Length)), _ends.Token) is > 0 and var read)
            {
                await service.WriteAsync(buffer.AsMemory(0, read), _ends.Token);
                left -= read;
            }
        }
    }

    private async Task<string?> HeadAsync(Stream browser)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await browser.ReadAsync(one, _ends.Token) == 0)
                return null;
            head.Append((char)one[0]);
        }
        return head.ToString();
    }

    private static string? Header(string head, string name) => head.Split("\r\n").Select(line => line.Split(": ", 2))
        .FirstOrDefault(parts => parts.Length == 2 && parts[0].Equals(name, StringComparison.OrdinalIgnoreCase))?[1];
}
