using DevopsCd.Cli.Connecting;

namespace DevopsCd.Cli.Following;

/// <summary>
/// Says when a batch has changed, by the service's stream. Where the stream is cut it is opened again behind the last change that was told, and
/// meanwhile nothing is said: whoever waits asks for the batch itself.
/// </summary>
internal sealed class ChangeSignal : IAsyncDisposable
{
    /// <summary>The service sends something every 15 seconds: a connection that is silent for longer is dead.</summary>
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(45);

    private static readonly TimeSpan s_firstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(15);

    private readonly CancellationTokenSource _ended = new();
    private readonly ApiClient _api;
    private readonly TimeProvider _clock;
    private readonly string _path;
    private readonly Task _following;
    private readonly Lock _gate = new();
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isOpen;

    public ChangeSignal(ApiClient api, long batch, TimeProvider clock)
    {
        (_api, _clock, _path) = (api, clock, $"stream?batch={batch}");
        _following = FollowAsync();
    }

    /// <summary>Whether every change is told; while it is not, there may be changes that nobody has told.</summary>
    public bool IsOpen => _isOpen;

    /// <summary>Ends with the next change, or when the stream has been opened or cut. Take it before looking at the batch.</summary>
    public Task Next
    {
        get
        {
            lock (_gate)
                return _next.Task;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _ended.Dispose();
    }

    private async Task FollowAsync()
    {
        string? last = null;
        for (var pause = s_firstPause; ; pause = pause < s_longestPause ? pause + s_firstPause : pause)
        {
            try
            {
                await using var stream = await _api.StreamAsync(_path, last, _ended.Token);
                pause = s_firstPause;
                await ReadAsync(stream, id => last = id);
            }
            catch (Exception cut) when (!_ended.IsCancellationRequested
                && cut is CliException or IOException or OperationCanceledException or HttpRequestException)
            {
                // What is wrong, and whether it lasts, whoever asks for the batch is told.
            }
            if (_isOpen)
                Become(false);
            await Task.Delay(pause, _clock, _ended.Token);
        }
    }

    private async Task ReadAsync(Stream stream, Action<string> told)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(_ended.Token);
        using var reader = new StreamReader(stream);
        while (true)
        {
            silence.CancelAfter(s_silence);
            if (await reader.ReadLineAsync(silence.Token) is not { } line)
                return;
            if (line.StartsWith("id:", StringComparison.Ordinal))
                told(line["id:".Length..].Trim());
            // The first lines say from where on it tells: what was before that is to be looked at.
            if (!_isOpen)
                Become(true);
            else if (line.StartsWith("data:", StringComparison.Ordinal))
                Raise();
        }
    }

    private void Become(bool isOpen)
    {
        _isOpen = isOpen;
        Raise();
    }

    private void Raise()
    {
        lock (_gate)
        {
            _next.TrySetResult();
            _next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
