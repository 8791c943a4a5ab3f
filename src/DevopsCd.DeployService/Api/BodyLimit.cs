using Microsoft.AspNetCore.Http.Features;

namespace DevopsCd.DeployService.Api;

/// <summary>
/// No body longer than configured is used. The server itself takes in more and drops it: whoever is cut off in the middle of
/// sending meets a reset connection instead of the answer.
/// </summary>
internal static class BodyLimit
{
    private const long TakenIn = 16 * 1024 * 1024;

    public static async Task LimitBody(this HttpContext context, int bytes, RequestDelegate next)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } server)
            server.MaxRequestBodySize = TakenIn + bytes;
        if (await IsTooLongAsync(context, bytes))
            throw new BadHttpRequestException($"a body may have {bytes} bytes", StatusCodes.Status413PayloadTooLarge);
        await next(context);
    }

    private static async ValueTask<bool> IsTooLongAsync(HttpContext context, int bytes)
    {
        if (context.Request.ContentLength is { } announced)
            return announced > bytes;
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: true })
            return false;
        // What has been looked at stays in the reader for the endpoint.
        var body = context.Request.BodyReader;
        var read = await body.ReadAtLeastAsync(bytes + 1, context.RequestAborted);
        var isTooLong = read.Buffer.Length > bytes;
        body.AdvanceTo(read.Buffer.Start);
        return isTooLong;
    }
}
