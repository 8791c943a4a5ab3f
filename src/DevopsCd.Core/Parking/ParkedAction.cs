namespace DevopsCd.Core.Parking;

/// <summary>What somebody did with a parked message, or tried to. Append-only.</summary>
internal sealed class ParkedAction
{
    public long Id { get; set; }

    public long ParkedId { get; set; }

    /// <summary>What was asked for.</summary>
    public ParkedStatus Action { get; set; }

    /// <summary>False when it was refused; <see cref="Detail" /> says why.</summary>
    public bool Done { get; set; }

    public string Operator { get; set; } = "";

    public string? Detail { get; set; }

    public DateTimeOffset At { get; set; }
}
