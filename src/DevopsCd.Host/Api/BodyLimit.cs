using Microsoft.AspNetCore.Http.Features;

namespace DevopsCd.Host.Api;

/// <summary>
/// Nothing is done with a body of more than 1 MiB. The limit of the server itself is higher, so that it takes in and drops what is
/// still coming: whoever is cut off in the middle of sending meets a reset connection and not the answer that says why.
/// </summary>
internal sealed class BodyLimit(RequestDelegate next)
{
    public const int Largest = 1024 * 1024, TakenIn = 16 * Largest;

    public async Task InvokeAsync(HttpContext http)
    {
        if (await IsTooLarge(http))
            throw new BadHttpRequestException("The body is too large.", StatusCodes.Status413PayloadTooLarge);
        await next(http);
    }

    private static async ValueTask<bool> IsTooLarge(HttpContext http)
    {
        if (http.Request.ContentLength is { } announced)
            return announced > Largest;
        if (http.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: true })
            return false;
        // What has been looked at stays in the reader for the endpoint.
        var body = http.Request.BodyReader;
        var read = await body.ReadAtLeastAsync(Largest + 1, http.RequestAborted);
        var isTooLarge = read.Buffer.Length > Largest;
        body.AdvanceTo(read.Buffer.Start);
        return isTooLarge;
    }
}
