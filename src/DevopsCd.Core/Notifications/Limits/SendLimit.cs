using System.Globalization;

namespace DevopsCd.Core.Notifications.Limits;

/// <summary>What was sent to one address lately, shared by all processes so that together they keep its service's limit.</summary>
internal sealed class SendLimit
{
    /// <summary>Hash of the address: the address itself is a secret.</summary>
    public required string Address { get; init; }

    /// <summary>UTC ticks of the latest sends, oldest first, separated by commas.</summary>
    public string Sends { get; set; } = "";

    /// <summary>The service asked for silence until then.</summary>
    public DateTimeOffset? BlockedUntil { get; set; }

    /// <summary>Compare-and-set.</summary>
    public long Version { get; set; }

    public List<DateTimeOffset> Times() => [.. Sends.Split(',', StringSplitOptions.RemoveEmptyEntries)
        .Select(ticks => new DateTimeOffset(long.Parse(ticks, CultureInfo.InvariantCulture), TimeSpan.Zero))];

    /// <summary>Keeps the latest <paramref name="most" /> of these, which are in order.</summary>
    public void Remember(IReadOnlyList<DateTimeOffset> times, int most) =>
        Sends = string.Join(',', times.TakeLast(most).Select(t => t.UtcTicks.ToString(CultureInfo.InvariantCulture)));
}
