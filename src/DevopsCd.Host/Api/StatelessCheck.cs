using DevopsCd.Shared.OpenApi;

namespace DevopsCd.Host.Api;

/// <summary>
/// Refuses <c>If-Match</c> where there is no state it could name: whoever sends it believes to change what he has seen, and must not be
/// left in that belief.
/// </summary>
internal sealed class StatelessCheck : IEndpointFilter
{
    public static RequestHeader Header { get; } = new(IfMatch.Header.Name,
        "A request with this header is refused with 412: the route creates or reports, and has no state to compare with.", "\"3\"");

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        return http.Request.Headers.IfMatch.Count > 0 && http.GetEndpoint()?.Metadata.GetMetadata<Stateless>() is not null
            ? Problems.Of(ProblemTypes.Changed, "There is no state that If-Match could name: this request creates or reports. Send it without the header.")
            : await next(context);
    }
}
