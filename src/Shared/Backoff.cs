namespace DevopsCd.Shared;

/// <summary>The waits between tries of something that fails: each is twice the one before.</summary>
internal static class Backoff
{
    /// <summary>The wait after so many failures in a row.</summary>
    /// <param name="failures">1 after the first; less counts as 1.</param>
    /// <param name="first">The wait after the first.</param>
    /// <param name="longest">No wait is longer.</param>
    public static TimeSpan After(int failures, TimeSpan first, TimeSpan longest)
    {
        var ticks = first.Ticks * Math.Pow(2, Math.Max(failures, 1) - 1);
        return ticks < longest.Ticks ? TimeSpan.FromTicks((long)ticks) : longest;
    }
}
