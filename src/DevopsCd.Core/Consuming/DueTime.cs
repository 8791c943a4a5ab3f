namespace DevopsCd.Core.Consuming;

/// <summary>When something that was written down for a time is due.</summary>
internal static class DueTime
{
    /// <summary>A message may come a little before the time that was written down: clocks and stores round.</summary>
    public static readonly TimeSpan Early = TimeSpan.FromMilliseconds(250);
}
