using System.Text;

namespace DevopsCd.Core.Outbound;

/// <summary>
/// The only way to addresses that somebody else may have chosen. Built by hand rather than by IHttpClientFactory, whose logging writes addresses;
/// tracing is off for the same reason. No redirects, no proxy, no cookies, and every connection is guarded.
/// </summary>
internal sealed class OutboundHttp : IDisposable
{
    private const int LongestAnswer = 64 * 1024;
    private readonly OutboundRules _rules;
    private readonly TimeProvider _clock;
    private readonly HttpClient _client;

    public OutboundHttp(OutboundRules rules, OutboundNetwork network, TimeProvider clock)
    {
        _rules = rules;
        _clock = clock;
        _client = new HttpClient(new SocketsHttpHandler
        {
            ActivityHeadersPropagator = null,
            AllowAutoRedirect = false,
            ConnectCallback = new GuardedConnection(network, rules.AllowedHosts, $"{rules.Section}:allowed_hosts").ConnectAsync,
            ConnectTimeout = rules.Timeout,
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
    /// <exception cref="OutboundRefusedException">The address may not be called.</exception>
    /// <exception cref="TimeoutException">No answer in time.</exception>
    /// <exception cref="HttpRequestException">No connection, or a broken one.</exception>
    public async Task<HttpAnswer> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (OutboundPolicy.Problem(request.RequestUri?.OriginalString ?? "", _rules) is { } problem)
            throw new OutboundRefusedException($"The address {problem}");
        using var limit = new CancellationTokenSource(_rules.Timeout, _clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, both.Token);
            return new HttpAnswer(response.StatusCode, await ReadAsync(response, both.Token), RetryAfter(response));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"No answer within {_rules.Timeout}");
        }
        catch (HttpRequestException refused) when (refused.InnerException is OutboundRefusedException inner)
        {
            throw inner;
        }
    }

    public void Dispose() => _client.Dispose();

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
