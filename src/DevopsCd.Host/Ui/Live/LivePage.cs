using DevopsCd.Host.Access.Accounts;
using DevopsCd.Host.Live;
using DevopsCd.Host.Ui.Controls;
using DevopsCd.Host.Ui.Viewing;
using Microsoft.AspNetCore.Components;

namespace DevopsCd.Host.Ui.Live;

/// <summary>A page that shows one thing, and shows it anew whenever it changes.</summary>
/// <typeparam name="TView">The thing.</typeparam>
public abstract class LivePage<TView> : UiComponent, IDisposable where TView : class
{
    private readonly CancellationTokenSource _left = new();
    private LiveWatch? _watch;
    private string? _address;
    private bool _isReading, _isReadAgain, _isActing;
    private long? _look, _told;

    /// <summary>What is shown; null before it is read, and where there is no such thing.</summary>
    private protected TView? View { get; private set; }

    /// <summary>Why it could not be read; null while it could.</summary>
    private protected string? Trouble { get; private set; }

    /// <summary>Why whoever looks may not see it; null while they may.</summary>
    private protected string? Denial { get; private set; }

    /// <summary>Why what the reader asked for was refused; null while nothing was.</summary>
    private protected string? Refusal { get; set; }

    /// <summary>What is wrong with the fields of what the reader has sent, by field.</summary>
    private protected IReadOnlyDictionary<string, string[]> WrongFields { get; private set; } = new Dictionary<string, string[]>();

    /// <summary>What the reader asked for is under way.</summary>
    private protected bool IsBusy { get; private set; }

    /// <summary>Ends when the reader leaves.</summary>
    private protected CancellationToken Left => _left.Token;

    [Inject]
    private protected NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private LiveFeed Feed { get; set; } = null!;

    [Inject]
    private LiveStatus Status { get; set; } = null!;

    [Inject]
    private Visits Visits { get; set; } = null!;

    [Inject]
    private IHttpContextAccessor Http { get; set; } = null!;

    [Inject]
    private SharedReads Shared { get; set; } = null!;

    [Inject]
    private Viewer Viewer { get; set; } = null!;

    [CascadingParameter]
    private Visit? Visit { get; set; }

    /// <summary>Names the thing among all, and all that is asked of it: when it changes, another thing is read.</summary>
    private protected abstract string Address { get; }

    /// <summary>What changes when the thing does.</summary>
    private protected abstract LiveTopic Topic { get; }

    /// <summary>Reads it with the rights of whoever looks; null where there is none for them. Others with the same rights may be shown the same.</summary>
    private protected abstract Task<TView?> ReadAsync(CancellationToken cancellationToken);

    protected override async Task OnParametersSetAsync()
    {
        if (Address == _address)
            return;
        _address = Address;
        string? mark;
        if (RendererInfo.IsInteractive && Visit is { } visit && Visits.Take<TView>(visit.Id, Address) is { } rendered)
        {
            (View, mark) = rendered;
        }
        else
        {
            mark = await MarkAsync();
            await RefreshAsync();
        }
        if (!RendererInfo.IsInteractive)
        {
            if (View is not null && Visit is { } opened)
                Visits.Keep(opened.Id, Address, View, mark);
            return;
        }
        _watch?.Dispose();
        if (!_left.IsCancellationRequested)
            _watch = Feed.Watch(Topic, Trouble is null ? mark : null, news => InvokeAsync(() => HearAsync(news)));
    }

    /// <summary>Reads again. What is asked for while it reads is read once more afterwards.</summary>
    /// <param name="look">The look by which the page and others were told; null reads for this page alone.</param>
    private protected async Task RefreshAsync(long? look = null)
    {
        if (_isReading)
        {
            (_isReadAgain, _look) = (true, look);
            return;
        }
        _isReading = true;
        try
        {
            do
            {
                _isReadAgain = false;
                await ReadOnceAsync(look);
                look = _look;
                // What has been read is shown while it is read again.
                if (_isReadAgain)
                    StateHasChanged();
            }
            while (_isReadAgain && !_left.IsCancellationRequested);
        }
        finally
        {
            _isReading = false;
        }
    }

    /// <summary>Does what the reader asks for, and then reads once what has become of it, however often the page is told of that meanwhile.</summary>
    private protected async Task DoAsync(Func<Task> act)
    {
        var isTold = false;
        _isActing = true;
        try
        {
            await act();
            // Taken before the reading: what comes after it is told. Others who were told of the same may be reading it already.
            isTold = _watch is { } watch && await MarkAsync() is { } mark && watch.Reads(mark);
        }
        finally
        {
            _isActing = false;
        }
        var told = _told;
        _told = null;
        await RefreshAsync(isTold ? told : null);
    }

    /// <summary>Does what the reader asks for, shows what is refused of it, and reads again.</summary>
    /// <returns>Whether it was done.</returns>
    private protected async Task<bool> ActAsync(Func<Task> act)
    {
        (IsBusy, Refusal, WrongFields) = (true, null, new Dictionary<string, string[]>());
        // It may be a part of the page that asks, and then that part alone would show it.
        StateHasChanged();
        var (isDone, isSignedOut) = (false, false);
        await DoAsync(async () =>
        {
            try
            {
                await act();
                isDone = true;
            }
            catch (SignedOutException)
            {
                isSignedOut = true;
            }
            catch (BatchRefusedException refused)
            {
                (Refusal, WrongFields) = (Texts.Refusal(refused), Texts.Fields(refused));
            }
            catch (Exception failure) when (Unavailable.Is(failure))
            {
                Refusal = Texts.Said(Unavailable.Words(failure));
            }
            finally
            {
                IsBusy = false;
            }
        });
        if (isSignedOut)
            LogIn();
        else
            StateHasChanged();
        return isDone;
    }

    /// <summary>What is wrong with a field; null when nothing is.</summary>
    private protected string? Wrong(string field) => WrongFields.GetValueOrDefault(field) is { } wrong ? string.Join("; ", wrong) : null;

    /// <summary>Leads to the login, and back to this page.</summary>
    private protected void LogIn() =>
        Navigation.NavigateTo(LoginPages.LoginFor(new Uri(Navigation.Uri).PathAndQuery), forceLoad: true);

    public void Dispose()
    {
        _watch?.Dispose();
        _left.Cancel();
        _left.Dispose();
        GC.SuppressFinalize(this);
    }

    private async Task HearAsync(LiveNews news)
    {
        if (_left.IsCancellationRequested)
            return;
        if (news.Kind == LiveNewsKind.Lost)
        {
            Status.Become(LiveState.Lost);
            return;
        }
        var isAnew = news.Kind == LiveNewsKind.Changed || Trouble is not null;
        if (isAnew && _isActing)
        {
            // Read when it is done.
            _told = news.Look;
            return;
        }
        if (isAnew)
            await RefreshAsync(news.Look);
        if (_left.IsCancellationRequested)
            return;
        Status.Become(Trouble is null ? LiveState.Live : LiveState.Lost);
        if (isAnew)
            StateHasChanged();
    }

    /// <summary>Null while the database does not answer: the page is told once it does.</summary>
    private async Task<string?> MarkAsync()
    {
        try
        {
            return await Feed.MarkAsync(Topic, _left.Token);
        }
        catch (Exception failure) when (Unavailable.Is(failure) || failure is OperationCanceledException)
        {
            return null;
        }
    }

    private async Task ReadOnceAsync(long? look)
    {
        try
        {
            var view = look is { } found ? await ReadTogetherAsync(found) : await ReadAsync(_left.Token);
            if (view is null)
                Navigation.NotFound();
            (View, Trouble, Denial) = (view, null, null);
        }
        catch (BatchRefusedException refused)
        {
            (View, Denial) = (null, Texts.Refusal(refused));
            if (Http.HttpContext is { Response.HasStarted: false } http && !RendererInfo.IsInteractive)
                http.Response.StatusCode = StatusCodes.Status403Forbidden;
        }
        catch (SignedOutException)
        {
            LogIn();
        }
        catch (Exception failure) when (Unavailable.Is(failure))
        {
            Trouble = Texts.Said(Unavailable.Words(failure));
        }
        catch (OperationCanceledException) when (_left.IsCancellationRequested)
        {
            // The reader has left.
        }
    }

    private async Task<TView?> ReadTogetherAsync(long look)
    {
        var subject = await Viewer.SubjectAsync(_left.Token);
        var rights = subject.Groups.Order(StringComparer.Ordinal).Concat(subject.Grants.Select(grant => grant.ToString()));
        var reader = string.Join('\n', rights.Prepend(subject.Id));
        var (result, isOwn) = Shared.Read(new SharedKey(Address, reader, look), async () => await ReadAsync(CancellationToken.None));
        try
        {
            return (TView?)await result.WaitAsync(_left.Token);
        }
        catch (Exception) when (!isOwn && !_left.IsCancellationRequested)
        {
            // Whoever read for all may have left in the middle of it.
            return await ReadAsync(_left.Token);
        }
    }
}
