namespace DevopsCd.Core.Access;

/// <summary>Who does something, and through what.</summary>
/// <param name="Subject">Who.</param>
/// <param name="Source">Through what: <c>http</c> or <c>message</c>.</param>
/// <param name="Address">The address it came from, where that is known.</param>
internal sealed record AccessOrigin(Subject Subject, string Source, string? Address = null);
