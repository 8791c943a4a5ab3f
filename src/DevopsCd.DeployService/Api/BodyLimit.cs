using DevopsCd.DeployService.Configuration;
using DevopsCd.Shared.Http;
using Microsoft.AspNetCore.Http.Features;

namespace DevopsCd.DeployService.Api;

/// <summary>Takes in the body of a request to a route that has one, within the configured limits.</summary>
internal static class BodyLimit
{
    public static async Task TakeBodyAsync(this HttpContext context, LimitOptions limits, RequestDelegate next)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } server)
            server.MaxRequestBodySize = limits.BodyBytes + WholeBody.Dropped;
        if (WholeBody.MayFollow(context) && ApiDocument.TakesBody(context.GetEndpoint()?.Metadata ?? EndpointMetadataCollection.Empty))
            await WholeBody.BufferAsync(context, limits.BodyBytes, limits.BodyTimeout, TimeProvider.System);
        await next(context);
    }
}
