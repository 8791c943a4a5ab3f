namespace DevopsCd.Core.Deployments;

/// <summary>An answer of the deploy service, read to its last byte.</summary>
/// <param name="Status">Its HTTP status.</param>
/// <param name="Phrase">The words beside the status.</param>
/// <param name="MediaType">What the body claims to be.</param>
/// <param name="RetryAfter">How long the service asks callers to wait.</param>
/// <param name="Body">The body; longer ones are not taken.</param>
internal sealed record DeployReply(int Status, string? Phrase, string? MediaType, TimeSpan? RetryAfter, ReadOnlyMemory<byte> Body)
{
    /// <summary>JSON of any kind: what proxies say in the service's place hardly ever is.</summary>
    public bool IsJson => MediaType?.EndsWith("json", StringComparison.OrdinalIgnoreCase) == true;
}
