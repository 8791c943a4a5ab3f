using System.Reflection;
using DevopsCd.Shared.OpenApi;
using Microsoft.AspNetCore.Http.Metadata;

namespace DevopsCd.Host.Api;

/// <summary>
/// The sender's key of a request: the header <c>Idempotency-Key</c>. The same key with the same request is decided once. Handlers that take it
/// act on it themselves, since the audit knows their requests for good; for all others <see cref="KeyedRequests" /> does.
/// </summary>
/// <param name="Value">The key; null when the header is absent.</param>
internal sealed record IdempotencyKey(string? Value) : IBindableFromHttpContext<IdempotencyKey>, IEndpointParameterMetadataProvider
{
    public static RequestHeader Header { get; } = new("Idempotency-Key",
        "A value of the caller's choice that names this request, for 24 hours or longer. A repetition under the same key is answered with the "
        + "first result instead of being done twice; another request under it is refused with 422. A refusal for wrong input is not remembered.",
        "8e03978e-40d5-43dd-bc93-6894a57f9324");

    public static string? Of(HttpContext http) => http.Request.Headers[Header.Name].ToString() is { Length: > 0 } key ? key : null;

    public static ValueTask<IdempotencyKey?> BindAsync(HttpContext context, ParameterInfo parameter) => new(new IdempotencyKey(Of(context)));

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        builder.Metadata.Add(Header);
        builder.Refuses(ProblemTypes.Invalid);
    }
}
