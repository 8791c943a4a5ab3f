using Microsoft.AspNetCore.Http.Features;

namespace DevopsCd.Shared.Http;

/// <summary>
/// Takes a request's body in as a whole, and only if it is short enough and comes soon enough: a sender that trickles holds no handler up.
/// The limit of the server itself is higher, so that it takes in and drops what is still coming: whoever is cut off in the middle of sending
/// meets a reset connection and not the answer.
/// </summary>
internal static class WholeBody
{
    /// <summary>How many bytes over the limit the server takes in.</summary>
    public const int Dropped = 16 * Mebibyte;

    private const int Mebibyte = 1024 * 1024;

    /// <summary>Whether a request may have a body.</summary>
    public static bool MayFollow(HttpContext http) => http.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true };

    /// <summary>Reads the body and puts it in the place of the request's, at its beginning.</summary>
    /// <param name="http">The request.</param>
    /// <param name="largest">Bytes it may have.</param>
    /// <param name="patience">How long it may take to arrive.</param>
    /// <param name="clock">Measures that.</param>
    /// <exception cref="BadHttpRequestException">413: it is too large; 408: it took too long; 400: its chunks cannot be told apart.</exception>
    public static async Task BufferAsync(HttpContext http, int largest, TimeSpan patience, TimeProvider clock)
    {
        if (http.Request.ContentLength > largest)
            throw TooLarge(largest);
        var body = http.Request.BodyReader;
        using var late = new CancellationTokenSource(patience, clock);
        // Not by the token of the read: the server could not put a read away that was broken off so.
        await using var breakOff = late.Token.Register(body.CancelPendingRead);
        var whole = new MemoryStream();
        http.Response.RegisterForDispose(whole);
        try
        {
            for (var isWhole = false; !isWhole;)
            {
                var read = await body.ReadAsync(http.RequestAborted);
                if (read.IsCanceled)
                    throw Closing(http, $"The body was not complete within {patience.TotalSeconds:0} s.", StatusCodes.Status408RequestTimeout);
                foreach (var piece in read.Buffer)
                    whole.Write(piece.Span);
                body.AdvanceTo(read.Buffer.End);
                if (whole.Length > largest)
                    throw TooLarge(largest);
                isWhole = read.IsCompleted;
            }
        }
        // The server's own parser: chunks whose sizes are no numbers, or too large for one.
        catch (IOException broken) when (broken is not BadHttpRequestException && !http.RequestAborted.IsCancellationRequested)
        {
            throw Closing(http, "The body cannot be read: its chunked encoding is broken.", StatusCodes.Status400BadRequest, broken);
        }
        whole.Position = 0;
        http.Request.Body = whole;
    }

    private static BadHttpRequestException TooLarge(int largest) =>
        new($"The body is larger than {(largest % Mebibyte == 0 ? $"{largest / Mebibyte} MiB" : $"{largest} bytes")}.", StatusCodes.Status413PayloadTooLarge);

    private static BadHttpRequestException Closing(HttpContext http, string message, int status, Exception? cause = null)
    {
        http.Response.Headers.Connection = "close";
        return cause is null ? new BadHttpRequestException(message, status) : new BadHttpRequestException(message, status, cause);
    }
}
