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
        using var body = Body(httpContext, value);
        response.Headers.ETag = EntityTags.Quoted(tagged is null ? ResourceTag.OfHash(body.Sha256()) : Tag(tagged, body));
        // Kept by whoever likes, and asked for again every time.
        response.Headers.CacheControl = "no-cache";
        if (IsKnown(httpContext))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = body.Length;
        await body.WriteToAsync(response.Body, httpContext.RequestAborted);
    }

    /// <summary>The ETag of a value that is answered otherwise than by this.</summary>
    public static string Tag(HttpContext http, ITagged tagged, object? value)
    {
        if (!tagged.EndsWithBody || value is null)
            return tagged.Tag;
        using var body = Body(http, value);
        return Tag(tagged, body);
    }

    private static string Tag(ITagged tagged, PooledBytes body) =>
        tagged.EndsWithBody ? $"{tagged.Tag}-{ResourceTag.OfHash(body.Sha256())}" : tagged.Tag;

    private static PooledBytes Body(HttpContext http, object value)
    {
        var options = http.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        var body = new PooledBytes();
        try
        {
            using var json = new Utf8JsonWriter(body, new JsonWriterOptions
            {
                Encoder = options.Encoder,
                Indented = options.WriteIndented,
                MaxDepth = options.MaxDepth,
                // The serializer writes nothing else.
                SkipValidation = true
            });
            if (!AnswerJson.TryWrite(json, value))
                JsonSerializer.Serialize(json, value, value.GetType(), options);
            return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    private static bool IsKnown(HttpContext http) =>
        EntityTagHeaderValue.TryParseList([.. http.Request.Headers.IfNoneMatch.OfType<string>()], out var known)
        && EntityTagHeaderValue.TryParse(http.Response.Headers.ETag.ToString(), out var present)
        && known.Any(tag => tag.Equals(EntityTagHeaderValue.Any) || tag.Compare(present, useStrongComparison: false));
}
