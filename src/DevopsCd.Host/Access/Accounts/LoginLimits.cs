using System.Threading.RateLimiting;

namespace DevopsCd.Host.Access.Accounts;

/// <summary>
/// How often somebody may fail: for each address and for each name, known or not, on this instance. Hashing costs a processor a tenth of a
/// second, so only as many are hashed at once as there are processors.
/// </summary>
internal sealed class LoginLimits : IDisposable
{
    private const int PerAddress = 60, PerName = 20, MostBegun = 30, MostWaiting = 200;

    private readonly PartitionedRateLimiter<string> _addresses = Window(PerAddress);
    private readonly PartitionedRateLimiter<string> _names = Window(PerName);
    private readonly PartitionedRateLimiter<string> _begun = Window(MostBegun);
    private readonly ConcurrencyLimiter _hashing = new(new ConcurrencyLimiterOptions
    {
        PermitLimit = Environment.ProcessorCount,
        QueueLimit = MostWaiting,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst
    });

    /// <summary>Whether another attempt may be made: false after too many failed ones.</summary>
    /// <param name="address">Where it comes from.</param>
    /// <param name="name">The account's name; empty where a link stands for it.</param>
    public bool Allows(string? address, string name) =>
        Allows(_addresses, address ?? "") && (name.Length == 0 || Allows(_names, name.ToUpperInvariant()));

    /// <summary>Counts a failed attempt. Who knows the password may come as often as they like.</summary>
    public void Failed(string? address, string name = "")
    {
        _addresses.AttemptAcquire(address ?? "").Dispose();
        if (name.Length > 0)
            _names.AttemptAcquire(name.ToUpperInvariant()).Dispose();
    }

    /// <summary>Whether a program at an address may begin one more login; counted whatever comes of it.</summary>
    public bool Begins(string? address)
    {
        using var lease = _begun.AttemptAcquire(address ?? "");
        return lease.IsAcquired;
    }

    /// <summary>The turn to hash; not acquired when too many wait.</summary>
    public ValueTask<RateLimitLease> TurnAsync(CancellationToken cancellationToken) => _hashing.AcquireAsync(1, cancellationToken);

    public void Dispose()
    {
        _addresses.Dispose();
        _names.Dispose();
        _begun.Dispose();
        _hashing.Dispose();
    }

    private static bool Allows(PartitionedRateLimiter<string> limiter, string key) => limiter.GetStatistics(key) is not { CurrentAvailablePermits: <= 0 };

    private static PartitionedRateLimiter<string> Window(int permits) => PartitionedRateLimiter.Create<string, string>(key =>
        RateLimitPartition.GetSlidingWindowLimiter(key, _ =>
            new SlidingWindowRateLimiterOptions { PermitLimit = permits, Window = TimeSpan.FromMinutes(1), SegmentsPerWindow = 6 }));
}
