using DevopsCd.Shared.OpenApi;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DevopsCd.Host.Api;

/// <summary>Gives every answer of a read an ETag, and answers <c>If-None-Match</c> with 304 while nothing has changed.</summary>
internal sealed class EntityTags : IEndpointFilter
{
    private static readonly RequestHeader s_ifNoneMatch = new("If-None-Match",
        "An `ETag` answered before: while it still holds, the answer is 304 without a body.", "\"3-5f2c\"");

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var result = await next(context);
        return HttpMethods.IsGet(context.HttpContext.Request.Method) && Value(result) is { } value ? new TaggedJson(value, Tagged(result)) : result;
    }

    /// <param name="value">What is answered.</param>
    /// <param name="tag">Its ETag without quotes.</param>
    /// <param name="endsWithBody">The ETag ends with a hash of the body.</param>
    public static Tagged<Ok<T>> Ok<T>(T value, string tag, bool endsWithBody = false) => new(TypedResults.Ok(value), tag, endsWithBody);

    /// <param name="address">Where it is found from now on.</param>
    /// <param name="value">What was created.</param>
    /// <param name="tag">Its ETag without quotes.</param>
    /// <param name="endsWithBody">The ETag ends with a hash of the body.</param>
    public static Tagged<Created<T>> Created<T>(string address, T value, string tag, bool endsWithBody = false) =>
        new(TypedResults.Created(address, value), tag, endsWithBody);

    public static string Quoted(string tag) => $"\"{tag}\"";

    public static ResponseHeader Header(params int[] statuses) =>
        new("ETag", "Names the state that was answered, for `If-Match` and `If-None-Match`.", "\"3-5f2c\"", statuses);

    public static void Describe(EndpointBuilder endpoint)
    {
        endpoint.Metadata.Add(s_ifNoneMatch);
        endpoint.Metadata.Add(Header(StatusCodes.Status200OK, StatusCodes.Status304NotModified));
        endpoint.Metadata.Add(new AnswerMeaning(StatusCodes.Status304NotModified, "Nothing has changed since the `ETag` in `If-None-Match` was answered."));
    }

    private static object? Value(object? result) => result switch
    {
        INestedHttpResult nested => Value(nested.Result),
        IStatusCodeHttpResult { StatusCode: StatusCodes.Status200OK } and IValueHttpResult { Value: { } value } => value,
        IResult => null,
        _ => result
    };

    private static ITagged? Tagged(object? result) => result switch
    {
        ITagged tagged => tagged,
        INestedHttpResult nested => Tagged(nested.Result),
        _ => null
    };
}
