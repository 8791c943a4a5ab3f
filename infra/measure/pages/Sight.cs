namespace DevopsCd.PagesBench;

/// <summary>When something was seen on a page for the first time, in milliseconds since 1970.</summary>
internal sealed class Sight
{
    /// <summary>The document had it.</summary>
    public double Changed { get; set; }

    /// <summary>The frame with it had been painted.</summary>
    public double Painted { get; set; }
}
