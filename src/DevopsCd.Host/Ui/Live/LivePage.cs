using System.Data.Common;
using DevopsCd.Host.Access.Accounts;
using DevopsCd.Host.Api;
using DevopsCd.Host.Broker;
using DevopsCd.Host.Ui.Controls;
using DevopsCd.Host.Ui.Viewing;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Host.Ui.Live;

/// <summary>A page that shows one thing, and shows it anew whenever it changes.</summary>
/// <typeparam name="TView">The thing.</typeparam>
public abstract class LivePage<TView> : UiComponent, IDisposable where TView : class
{
    private readonly CancellationTokenSource _left = new();
    private IDisposable? _watch;
    private string? _address;
    private bool _isReading, _isReadAgain;

    /// <summary>What is shown; null before it is read, and where there is no such thing.</summary>
    private protected TView? View { get; private set; }

    /// <summary>Why it could not be read; null while it could.</summary>
    private protected string? Trouble { get; private set; }

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

    [CascadingParameter]
    private Visit? Visit { get; set; }

    /// <summary>Names the thing among all: when it changes, another thing is read.</summary>
    private protected abstract string Address { get; }

    private protected abstract Task<TView?> ReadAsync(CancellationToken cancellationToken);

    private protected abstract IDisposable Watch(LiveFeed feed, Func<LiveNews, Task> tell);

    protected override async Task OnParametersSetAsync()
    {
        if (Address == _address)
            return;
        _address = Address;
        if (RendererInfo.IsInteractive && Visit is { } visit && Visits.Take<TView>(visit.Id, Address) is { } rendered)
            View = rendered;
        else
            await RefreshAsync();
        if (!RendererInfo.IsInteractive)
        {
            if (View is not null && Visit is { } opened)
                Visits.Keep(opened.Id, Address, View);
            return;
        }
        _watch?.Dispose();
        _watch = Watch(Feed, news => InvokeAsync(() => HearAsync(news)));
    }

    /// <summary>Reads again. What is asked for while it reads is read once more afterwards.</summary>
    private protected async Task RefreshAsync()
    {
        if (_isReading)
        {
            _isReadAgain = true;
            return;
        }
        _isReading = true;
        try
        {
            do
            {
                _isReadAgain = false;
                await ReadOnceAsync();
            }
            while (_isReadAgain && !_left.IsCancellationRequested);
        }
        finally
        {
            _isReading = false;
        }
    }

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
        if (news == LiveNews.Lost)
        {
            Status.Become(LiveState.Lost);
            return;
        }
        await RefreshAsync();
        if (_left.IsCancellationRequested)
            return;
        Status.Become(Trouble is null ? LiveState.Live : LiveState.Lost);
        StateHasChanged();
    }

    private async Task ReadOnceAsync()
    {
        try
        {
            var view = await ReadAsync(_left.Token);
            if (view is null)
                Navigation.NotFound();
            (View, Trouble) = (view, null);
        }
        catch (SignedOutException)
        {
            LogIn();
        }
        catch (Exception failure) when (failure is DbUpdateException or DbException or TimeoutException || Outage.IsOne(failure))
        {
            Trouble = DatabaseWords.Of(failure);
        }
        catch (OperationCanceledException) when (_left.IsCancellationRequested)
        {
            // The reader has left.
        }
    }
}
