namespace DevopsCd.PagesBench;

/// <summary>One visit.</summary>
/// <param name="Bytes">What the host has sent, as it was on the wire.</param>
/// <param name="Paint">Until the first contentful paint.</param>
/// <param name="Interactive">Until the first button can be used.</param>
/// <param name="Live">Until the page says that it is live.</param>
internal sealed record Visit(long Bytes, TimeSpan Paint, TimeSpan Interactive, TimeSpan Live);
