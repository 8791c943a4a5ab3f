using Microsoft.AspNetCore.Http.Features;

namespace DevopsCd.DeployService.Api;

/// <summary>No body is read past the configured length.</summary>
internal static class BodyLimit
{
    public static Task LimitBody(this HttpContext context, int bytes, RequestDelegate next)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = bytes;
        return context.Request.ContentLength > bytes
            ? Problems.WriteAsync(context, StatusCodes.Status413PayloadTooLarge, "body-too-large", $"a body may have {bytes} bytes")
            : next(context);
    }
}
