using System.Text.Json;
using DevopsCd.Core.Data;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace DevopsCd.Host.Api;

/// <summary>A value as JSON under an ETag: the handler's, or else one of what is sent.</summary>
internal sealed class TaggedJson(object value, ITagged? tagged) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        var body = Body(httpContext, value);
        response.Headers.ETag = EntityTags.Quoted(tagged is null ? ResourceTag.OfBody(body) : Tag(tagged, body));
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

    /// <summary>The ETag of a value that is answered otherwise than by this.</summary>
    public static string Tag(HttpContext http, ITagged tagged, object? value) =>
        tagged.EndsWithBody && value is not null ? Tag(tagged, Body(http, value)) : tagged.Tag;

    private static string Tag(ITagged tagged, byte[] body) => tagged.EndsWithBody ? $"{tagged.Tag}-{ResourceTag.OfBody(body)}" : tagged.Tag;

    private static byte[] Body(HttpContext http, object value) =>
        JsonSerializer.SerializeToUtf8Bytes(value, value.GetType(), http.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions);

    private static bool IsKnown(HttpContext http) =>
        EntityTagHeaderValue.TryParseList([.. http.Request.Headers.IfNoneMatch.OfType<string>()], out var known)
        && EntityTagHeaderValue.TryParse(http.Response.Headers.ETag.ToString(), out var present)
        && known.Any(tag => tag.Equals(EntityTagHeaderValue.Any) || tag.Compare(present, useStrongComparison: false));
}
