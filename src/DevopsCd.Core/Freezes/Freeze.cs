namespace DevopsCd.Core.Freezes;

/// <summary>A time in which stages do not start (R20).</summary>
internal sealed class Freeze
{
    public string Name { get; set; } = "";

    /// <summary>What was set, as JSON, as <see cref="Contracts.Api.FreezeBody" /> has it.</summary>
    public string Definition { get; set; } = "{}";

    /// <summary>When it is over for good; null where it recurs without an end.</summary>
    public DateTimeOffset? EndsAt { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public string UpdatedBy { get; set; } = "";

    public DateTimeOffset UpdatedAt { get; set; }
}
