namespace DevopsCd.Host.Access;

/// <summary>Where people open the service.</summary>
/// <param name="Url">The address; null where the configuration does not say.</param>
internal sealed record PublicAddress(string? Url)
{
    /// <summary>The address, without a slash at its end; what a request came by where the configuration does not say.</summary>
    public string Of(HttpRequest request) => Url is { Length: > 0 } url ? url.TrimEnd('/') : $"{request.Scheme}://{request.Host}";
}
