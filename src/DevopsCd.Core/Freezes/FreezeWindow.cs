namespace DevopsCd.Core.Freezes;

/// <summary>One time that a freeze holds.</summary>
/// <param name="From">When it begins.</param>
/// <param name="To">When it ends; then it holds no more.</param>
internal readonly record struct FreezeWindow(DateTimeOffset From, DateTimeOffset To)
{
    public bool Contains(DateTimeOffset time) => From <= time && time < To;
}
