using System.Text.Json;
using DevopsCd.Core.Data;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace DevopsCd.Host.Api;

/// <summary>A value as JSON under an ETag: the handler's, or else one of what is sent.</summary>
internal sealed class TaggedJson(object value, string? tag) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        var options = httpContext.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        var body = JsonSerializer.SerializeToUtf8Bytes(value, value.GetType(), options);
        response.Headers.ETag = EntityTags.Quoted(tag ?? ResourceTag.OfBody(body));
        // Kept by whoever likes, and asked for again every time.
        response.Headers.CacheControl = "no-cache";
        if (IsKnown(httpContext))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, httpContext.RequestAborted);
    }

    private static bool IsKnown(HttpContext http) =>
        EntityTagHeaderValue.TryParseList([.. http.Request.Headers.IfNoneMatch.OfType<string>()], out var known)
        && EntityTagHeaderValue.TryParse(http.Response.Headers.ETag.ToString(), out var present)
        && known.Any(tag => tag.Equals(EntityTagHeaderValue.Any) || tag.Compare(present, useStrongComparison: false));
}
