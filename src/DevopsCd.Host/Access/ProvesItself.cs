namespace DevopsCd.Host.Access;

/// <summary>
/// Marks routes that need no right: the request itself proves what it may do, by a webhook's signature or a password, or it is about nothing but
/// the caller's own things.
/// </summary>
/// <param name="IsLoginNeeded">The proof is to be logged in.</param>
internal sealed record ProvesItself(bool IsLoginNeeded);
