namespace DevopsCd.Core.Data;

/// <summary>Wakes this process's workers once rows are committed that wait for them. Only a shortcut: they also look by themselves.</summary>
/// <typeparam name="TRow">The rows.</typeparam>
internal sealed class WakeSignal<TRow>
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends with the next signal. Take it before looking for work, so that nothing slips in between.</summary>
    public Task Next
    {
        get
        {
            lock (_gate)
                return _next.Task;
        }
    }

    /// <summary>Waits for a signal, but not for longer than this.</summary>
    /// <param name="next">What <see cref="Next" /> was before looking for work.</param>
    /// <param name="longest">When to look without a signal.</param>
    /// <param name="clock">The time.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task WaitAsync(Task next, TimeSpan longest, TimeProvider clock, CancellationToken cancellationToken)
    {
        try
        {
            await next.WaitAsync(longest, clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            // Nothing woke it.
        }
    }

    public void Raise()
    {
        lock (_gate)
        {
            _next.TrySetResult();
            _next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
