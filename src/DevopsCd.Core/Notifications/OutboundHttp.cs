using System.Net;
using System.Text;
using Microsoft.Extensions.Options;

namespace DevopsCd.Core.Notifications;

/// <summary>
/// The only way from this room to HTTP. Built by hand rather than by IHttpClientFactory, whose logging writes addresses;
/// tracing is off for the same reason. No redirects, no proxy, no cookies, and every address is checked where the connection is made,
/// so that a name cannot resolve to one address for the check and to another for the call.
/// </summary>
internal sealed class OutboundHttp : IDisposable
{
    private const int LongestAnswer = 64 * 1024;
    private readonly NotificationOptions _options;
    private readonly OutboundNetwork _network;
    private readonly TimeProvider _clock;
    private readonly HttpClient _client;

    public OutboundHttp(IOptions<NotificationOptions> options, OutboundNetwork network, TimeProvider clock)
    {
        _options = options.Value;
        _network = network;
        _clock = clock;
        _client = new HttpClient(new SocketsHttpHandler
        {
            ActivityHeadersPropagator = null,
            AllowAutoRedirect = false,
            ConnectCallback = ConnectAsync,
            ConnectTimeout = _options.SendTimeout,
            MaxConnectionsPerServer = 4,
            // Notices are rare: a connection that lay idle is the one that the service has just closed.
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(10),
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            UseCookies = false,
            UseProxy = false
        })
        { Timeout = Timeout.InfiniteTimeSpan };
        _client.DefaultRequestHeaders.UserAgent.ParseAdd("DevopsCd");
    }

    /// <summary>Sends and reads the answer, or as much of it as an answer of a chat service can mean.</summary>
    /// <exception cref="OutboundRefused">The address may not be called.</exception>
    /// <exception cref="TimeoutException">No answer within <c>send_timeout</c>.</exception>
    /// <exception cref="HttpRequestException">No connection, or a broken one.</exception>
    public async Task<HttpAnswer> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (OutboundPolicy.Problem(request.RequestUri?.OriginalString ?? "", _options) is { } problem)
            throw new OutboundRefused($"The address {problem}");
        using var limit = new CancellationTokenSource(_options.SendTimeout, _clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, both.Token);
            return new HttpAnswer(response.StatusCode, await ReadAsync(response, both.Token), RetryAfter(response));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"No answer within {_options.SendTimeout}");
        }
        catch (HttpRequestException refused) when (refused.InnerException is OutboundRefused inner)
        {
            throw inner;
        }
    }

    public void Dispose() => _client.Dispose();

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var resolved = IPAddress.TryParse(host.Trim('[', ']'), out var literal) ? [literal] : await _network.ResolveAsync(host, cancellationToken);
        var usable = OutboundPolicy.IsListed(host, port, _options.AllowedHosts) ? resolved : resolved.Where(AddressGuard.IsPublic).ToArray();
        if (resolved.Length > 0 && usable.Length == 0)
            throw new OutboundRefused($"{host} has no public address; core:notification:allowed_hosts can list it");
        return await _network.ConnectAsync(usable, port, cancellationToken);
    }

    private static async Task<string> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var buffer = new byte[LongestAnswer];
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return Encoding.UTF8.GetString(buffer, 0, length);
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date > _clock.GetUtcNow() ? date - _clock.GetUtcNow() : TimeSpan.Zero,
        _ => null
    };
}
