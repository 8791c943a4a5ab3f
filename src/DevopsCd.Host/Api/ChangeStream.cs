using System.Reflection;
using DevopsCd.Contracts.Api;
using Microsoft.AspNetCore.Http.Metadata;

namespace DevopsCd.Host.Api;

/// <summary>The answer that goes on with every change.</summary>
internal sealed class ChangeStream(StreamFilter filter, long? after, IDisposable place) : IResult, IEndpointMetadataProvider
{
    public const string ContentType = "text/event-stream";

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using (place)
            await httpContext.RequestServices.GetRequiredService<ChangeFollowing>().FollowAsync(httpContext, filter, after);
    }

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(BatchChanged), [ContentType]));
}
