namespace DevopsCd.Host.Ui.Live;

/// <summary>Whether what a page shows is fresh; one for each open page.</summary>
internal sealed class LiveStatus
{
    public event Action? Changed;

    public LiveState State { get; private set; } = LiveState.Still;

    public void Become(LiveState state)
    {
        if (state == State)
            return;
        State = state;
        Changed?.Invoke();
    }
}

/// <summary>How fresh a page is.</summary>
internal enum LiveState
{
    /// <summary>It shows what was there when it was opened.</summary>
    Still,

    /// <summary>A change shows by itself.</summary>
    Live,

    /// <summary>The database does not answer.</summary>
    Lost
}
