namespace DevopsCd.Host.Api;

/// <summary>Marks routes to which neither <c>Idempotency-Key</c> nor <c>If-Match</c> applies, though their method is not GET.</summary>
/// <param name="Why">They change nothing, know repetitions by another mark, or answer a secret that must not be stored.</param>
internal sealed record Unkeyed(string Why);
