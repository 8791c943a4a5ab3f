namespace DevopsCd.Cli.Output;

/// <summary>A column of a table.</summary>
/// <param name="Title">Its head, in capitals.</param>
/// <param name="Value">What stands in it; null where nothing does.</param>
/// <param name="IsWide">Shown with <c>-o wide</c> only.</param>
internal sealed record Column<T>(string Title, Func<T, string?> Value, bool IsWide = false);
