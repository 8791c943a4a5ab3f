namespace DevopsCd.Host.Api;

/// <summary>Marks routes whose work may take longer than a request's usual patience.</summary>
internal sealed record RequestTimeoutMetadata(TimeSpan Patience);
