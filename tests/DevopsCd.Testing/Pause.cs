namespace DevopsCd.Testing;

/// <summary>Lets real time pass inside a fake or a load generator; a test itself waits for facts (<see cref="Eventually"/>).</summary>
public static class Pause
{
    public static async Task For(TimeSpan time, CancellationToken cancellationToken = default)
    {
        // What a timer cannot wait for is over.
        if (time < TimeSpan.FromMilliseconds(1)) return;
        using var timer = new PeriodicTimer(time);
        await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false);
    }
}
