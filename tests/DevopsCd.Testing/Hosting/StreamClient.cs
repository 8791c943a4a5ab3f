using System.Globalization;
using System.Net;
using System.Text.Json;

namespace DevopsCd.Testing.Hosting;

/// <summary>Reads the stream of changes as a browser does: it knows the id it has come to, and sends it when it connects again.</summary>
/// <param name="path">The address, with what is asked for.</param>
public sealed class StreamClient(string path = "api/v1/stream") : IAsyncDisposable
{
    /// <summary>The host sends something every 15 seconds, so that whoever waits longer waits for nothing.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private HttpResponseMessage? _answer;
    private StreamReader? _reader;

    /// <summary>The id it has come to; null before the first.</summary>
    public long? LastId { get; set; }

    /// <summary>Connects, and reads to where the stream says from where on it tells.</summary>
    /// <param name="http">Of the host.</param>
    /// <param name="headers">Sent besides.</param>
    public async Task ConnectAsync(HttpClient http, params (string Name, string Value)[] headers)
    {
        await DisposeAsync().ConfigureAwait(false);
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (LastId is { } last)
            request.Headers.Add("Last-Event-ID", last.ToString(CultureInfo.InvariantCulture));
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        _answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).ConfigureAwait(false);
        if (_answer.StatusCode != HttpStatusCode.OK)
            throw new HttpRequestException(await _answer.Content.ReadAsStringAsync().ConfigureAwait(false), null, _answer.StatusCode);
        _reader = new StreamReader(await _answer.Content.ReadAsStreamAsync().ConfigureAwait(false));
        while (await LineAsync(default).ConfigureAwait(false) is { } line && !line.StartsWith("id:", StringComparison.Ordinal))
        {
        }
    }

    /// <summary>The next event; null when the stream has ended.</summary>
    /// <exception cref="IOException">The connection is cut.</exception>
    public async Task<StreamedEvent?> NextAsync(CancellationToken cancellationToken = default)
    {
        var (type, data) = ("message", "");
        while (await LineAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            if (line.StartsWith("event:", StringComparison.Ordinal))
                type = line["event:".Length..].Trim();
            else if (line.StartsWith("data:", StringComparison.Ordinal))
                data = line["data:".Length..];
            else if (line.Length == 0 && data.Length > 0)
                return new StreamedEvent(type, LastId!.Value, JsonDocument.Parse(data).RootElement);
            else if (line.Length == 0)
                type = "message";
        }
        return null;
    }

    /// <summary>So many events.</summary>
    public async Task<List<StreamedEvent>> TakeAsync(int count, CancellationToken cancellationToken = default)
    {
        var taken = new List<StreamedEvent>();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(s_patience);
        cancellationToken = patience.Token;
        while (taken.Count < count)
            taken.Add(await NextAsync(cancellationToken).ConfigureAwait(false) ?? throw new EndOfStreamException($"the stream has ended after {taken.Count} events"));
        return taken;
    }

    /// <summary>Reads on until the host ends the stream.</summary>
    public async Task UntilItEndsAsync(CancellationToken cancellationToken = default)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(s_patience);
        cancellationToken = patience.Token;
        while (await NextAsync(cancellationToken).ConfigureAwait(false) is not null)
        {
        }
    }

    public ValueTask DisposeAsync()
    {
        _reader?.Dispose();
        _answer?.Dispose();
        (_reader, _answer) = (null, null);
        return ValueTask.CompletedTask;
    }

    private async Task<string?> LineAsync(CancellationToken cancellationToken)
    {
        var line = await (_reader ?? throw new InvalidOperationException("not connected")).ReadLineAsync(cancellationToken).AsTask().WaitAsync(s_patience, cancellationToken)
            .ConfigureAwait(false);
        if (line?.StartsWith("id:", StringComparison.Ordinal) == true)
            LastId = long.Parse(line["id:".Length..], CultureInfo.InvariantCulture);
        return line;
    }
}
