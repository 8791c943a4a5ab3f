namespace DevopsCd.Core.Notifications.Limits;

/// <summary>How many sends each window allows; every window counts.</summary>
internal sealed record RateLimit(params IReadOnlyList<RateWindow> Windows)
{
    public static readonly RateLimit None = new();

    /// <summary>
    /// How long to wait before one more send, given the latest ones (oldest first). Zero: now.
    /// Counts every send in the window that ends now, so that no window of the service, wherever it starts, sees too many.
    /// </summary>
    public TimeSpan WaitAt(IReadOnlyList<DateTimeOffset> sends, DateTimeOffset now)
    {
        var wait = TimeSpan.Zero;
        foreach (var window in Windows)
        {
            if (sends.Count < window.Count)
                continue;
            // The send that must have left the window before the next one enters it.
            var leaves = sends[sends.Count - window.Count] + window.Guarded - now;
            if (leaves > wait)
                wait = leaves;
        }
        return wait;
    }

    /// <summary>How many sends must be remembered.</summary>
    public int Memory => Windows.Count == 0 ? 0 : Windows.Max(w => w.Count);
}
