using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;

namespace DevopsCd.Host.Api;

/// <summary>An answer under an ETag.</summary>
/// <typeparam name="TResult">The answer.</typeparam>
internal sealed class Tagged<TResult>(TResult result, string tag, bool endsWithBody) : IResult, ITagged, INestedHttpResult, IEndpointMetadataProvider
    where TResult : IResult, IEndpointMetadataProvider
{
    public IResult Result => result;

    public string Tag => tag;

    public bool EndsWithBody => endsWithBody;

    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.Headers.ETag = EntityTags.Quoted(TaggedJson.Tag(httpContext, this, (result as IValueHttpResult)?.Value));
        return result.ExecuteAsync(httpContext);
    }

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder)
    {
        var before = builder.Metadata.Count;
        TResult.PopulateMetadata(method, builder);
        foreach (var answered in builder.Metadata.Skip(before).OfType<IProducesResponseTypeMetadata>().ToList())
            builder.Metadata.Add(EntityTags.Header(answered.StatusCode));
    }
}
