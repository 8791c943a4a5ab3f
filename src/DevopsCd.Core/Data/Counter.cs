namespace DevopsCd.Core.Data;

/// <summary>A number that only grows, for example the next batch's.</summary>
internal sealed class Counter
{
    public string Name { get; set; } = "";

    public long Value { get; set; }
}
