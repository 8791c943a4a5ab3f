using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace DevopsCd.Core.Tests.Notifications.Channels;

/// <summary>A mail server small enough for a test: takes mail on loopback, answers as told, speaks STARTTLS with a certificate of nobody.</summary>
internal sealed class FakeSmtp : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<string> _mails = new();
    private readonly ConcurrentQueue<string> _commands = new();
    private readonly Task _serving;

    public FakeSmtp()
    {
        _listener.Start();
        _serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public bool OffersTls { get; init; }

    /// <summary>Answers to commands that differ from yes, by the command's first word; <c>.</c> is the end of a mail.</summary>
    public Dictionary<string, string> Answers { get; } = [];

    public bool IsSilent { get; set; }

    public TaskCompletionSource Arrived { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<string> Mails => [.. _mails];

    public IReadOnlyList<string> Commands => [.. _commands];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _serving;
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        var talks = new List<Task>();
        try
        {
            while (true)
                talks.Add(TalkAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (Exception stopped) when (stopped is OperationCanceledException or SocketException or InvalidOperationException)
        {
            await Task.WhenAll(talks);
        }
    }

    private async Task TalkAsync(TcpClient client)
    {
        using (client)
            try
            {
                Stream stream = client.GetStream();
                Arrived.TrySetResult();
                if (IsSilent)
                    await new TaskCompletionSource().Task.WaitAsync(_stop.Token);
                await WriteAsync(stream, "220 fake ready");
                while (await ReadLineAsync(stream) is { } line)
                {
                    _commands.Enqueue(line);
                    var verb = line.Split(' ')[0].ToUpperInvariant();
                    if (Answers.TryGetValue(verb, out var answer))
                        await WriteAsync(stream, answer);
                    else if (verb == "EHLO")
                        await WriteAsync(stream,
                            $"250-fake\r\n250-8BITMIME\r\n250-AUTH PLAIN{(OffersTls && stream is not SslStream ? "\r\n250 STARTTLS" : "\r\n250 OK")}");
                    else if (verb == "STARTTLS")
                    {
                        await WriteAsync(stream, "220 go");
                        var tls = new SslStream(stream);
                        using var certificate = SelfSigned();
                        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, _stop.Token);
                        stream = tls;
                    }
                    else if (verb == "AUTH")
                        await WriteAsync(stream, "235 welcome");
                    else if (verb == "DATA")
                    {
                        await WriteAsync(stream, "354 go on");
                        var mail = new StringBuilder();
                        while (await ReadLineAsync(stream) is { } part && part != ".")
                            mail.Append(part.StartsWith('.') ? part[1..] : part).Append("\r\n");
                        if (Answers.TryGetValue(".", out var refused))
                            await WriteAsync(stream, refused);
                        else
                        {
                            _mails.Enqueue(mail.ToString());
                            await WriteAsync(stream, "250 queued as 7");
                        }
                    }
                    else if (verb == "QUIT")
                    {
                        await WriteAsync(stream, "221 bye");
                        return;
                    }
                    else
                        await WriteAsync(stream, "250 ok");
                }
            }
            catch (Exception gone) when (gone is IOException or OperationCanceledException or SocketException
                or System.Security.Authentication.AuthenticationException)
            {
                // The client hung up, or the test is over.
            }
    }

    private async Task WriteAsync(Stream stream, string line) => await stream.WriteAsync(Encoding.ASCII.GetBytes(line + "\r\n"), _stop.Token);

    private async Task<string?> ReadLineAsync(Stream stream)
    {
        var line = new List<byte>();
        var one = new byte[1];
        while (await stream.ReadAsync(one, _stop.Token) == 1)
            if (one[0] == '\n')
                return Encoding.UTF8.GetString([.. line]).TrimEnd('\r');
            else
                line.Add(one[0]);
        return null;
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null);
    }
}
