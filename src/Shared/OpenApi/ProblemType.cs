namespace DevopsCd.Shared.OpenApi;

/// <summary>A kind of refusal, as RFC 9457 names it: the status and the type are fixed, the detail says what is wrong with one request.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Uri">The stable value of <c>type</c>.</param>
/// <param name="Title">The kind of problem in a few words.</param>
/// <param name="Meaning">When it is answered, in one sentence: the description in OpenAPI.</param>
/// <param name="Body">The contract's record of the answer's body.</param>
/// <param name="RetryAfter">The answer says in <c>Retry-After</c> when to come again.</param>
internal sealed record ProblemType(int Status, string Uri, string Title, string Meaning, Type Body, bool RetryAfter = false)
{
    /// <summary>The last part of <see cref="Uri" />: names it among the problems of one service.</summary>
    public string Code => Uri[(Uri.LastIndexOf(':') + 1)..];
}
