namespace DevopsCd.Contracts.Api;

/// <summary>One page of a list.</summary>
/// <typeparam name="T">The items.</typeparam>
public sealed record Page<T>
{
    /// <summary>The items of this page.</summary>
    public required IReadOnlyList<T> Items { get; init; }

    /// <summary>The <c>cursor</c> of the next page; absent on the last one.</summary>
    public string? NextCursor { get; init; }
}
