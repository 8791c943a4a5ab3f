namespace DevopsCd.Contracts.Api;

/// <summary>A part of a list.</summary>
/// <typeparam name="T">The items.</typeparam>
public sealed record Page<T>
{
    /// <summary>The items.</summary>
    public required IReadOnlyList<T> Items { get; init; }

    /// <summary>Asks for what follows; null at the end.</summary>
    public string? NextCursor { get; init; }
}
