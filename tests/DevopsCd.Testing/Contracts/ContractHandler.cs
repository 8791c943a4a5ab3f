using System.Net;

namespace DevopsCd.Testing.Contracts;

/// <summary>
/// Holds every answer that a test gets from a service against the service's OpenAPI document: a status, a header, a problem type or a member
/// that the document does not declare fails the test that has seen it.
/// </summary>
/// <param name="contract">The document.</param>
/// <param name="inner">Sends the request; null where the caller sets it.</param>
public sealed class ContractHandler(OpenApiContract contract, HttpMessageHandler? inner = null) : DelegatingHandler(inner ?? new SocketsHttpHandler())
{
    // Requests that no operation answers are refused by these alone.
    private static readonly int[] s_outside = [401, 404, 405, 415, 429, 503];

    // A document that is being written anew cannot be held against anything.
    private static readonly bool s_isOff = Environment.GetEnvironmentVariable("DEVOPSCD_UPDATE_CONTRACTS") == "1";

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var answer = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        var path = request.RequestUri!.AbsolutePath;
        // The web server by itself, of a request that it has not read in time, as when the host was frozen: the program was not asked.
        if (s_isOff || !path.StartsWith("/api/", StringComparison.Ordinal) || answer.StatusCode == HttpStatusCode.RequestTimeout)
            return answer;
        await answer.Content.LoadIntoBufferAsync(cancellationToken).ConfigureAwait(false);
        var body = await answer.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
        var differences = contract.Find(request.Method, path) is { } operation
            ? [.. operation.Undeclared((int)answer.StatusCode, answer.Headers, answer.Content.Headers.ContentType, body)]
            : s_outside.Contains((int)answer.StatusCode) ? (IReadOnlyList<string>)[] : [$"status {(int)answer.StatusCode} of no operation"];
        return differences.Count == 0
            ? answer
            : throw new ContractBrokenException(
                $"{request.Method} {request.RequestUri.PathAndQuery} answered {(int)answer.StatusCode} with {string.Join("; ", differences)}, which its OpenAPI document does not have:{Environment.NewLine}{body}");
    }
}
