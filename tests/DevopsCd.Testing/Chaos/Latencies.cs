namespace DevopsCd.Testing.Chaos;

/// <summary>A series of measured times, in milliseconds.</summary>
public sealed record Latencies(int Count, double P50, double P90, double P99, double Max)
{
    public static Latencies Of(IEnumerable<TimeSpan> measured)
    {
        double[] sorted = [.. measured.Select(time => time.TotalMilliseconds).Order()];
        return new(sorted.Length, At(0.5), At(0.9), At(0.99), Math.Round(sorted[^1], 1));

        // Nearest rank: a value that was measured, not one between two.
        double At(double share) => Math.Round(sorted[(int)Math.Ceiling(share * sorted.Length) - 1], 1);
    }
}
