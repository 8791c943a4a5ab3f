namespace DevopsCd.Host.Api;

/// <summary>Marks routes whose <c>Idempotency-Key</c> is kept by <see cref="KeyedRequests" />.</summary>
internal sealed class Keyed;
