using System.Text.Json;
using DevopsCd.Core.Requests;
using Microsoft.AspNetCore.Http.Features;

namespace DevopsCd.Host.Api;

/// <summary>An answer as bytes, to be given now and again.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Headers">Those that belong to what is answered, not to the connection.</param>
/// <param name="Body">The body; empty for none.</param>
internal sealed record StoredAnswer(int Status, IReadOnlyDictionary<string, string> Headers, byte[] Body) : IResult
{
    private static readonly string[] s_kept = ["Content-Type", "ETag", "Location"];

    public string HeadersAsJson => JsonSerializer.Serialize(Headers);

    public static StoredAnswer Of(RememberedRequest request) =>
        new(request.Status!.Value, JsonSerializer.Deserialize<Dictionary<string, string>>(request.Headers ?? "{}")!, request.Body ?? []);

    /// <summary>What a result would send; nothing is sent yet.</summary>
    public static async Task<StoredAnswer> OfAsync(HttpContext http, IResult result)
    {
        using var sent = new MemoryStream();
        var connection = http.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        var instead = new StreamResponseBodyFeature(sent);
        http.Features.Set<IHttpResponseBodyFeature>(instead);
        try
        {
            await result.ExecuteAsync(http);
            await instead.CompleteAsync();
        }
        finally
        {
            http.Features.Set(connection);
        }
        var headers = s_kept.Where(http.Response.Headers.ContainsKey).ToDictionary(name => name, name => http.Response.Headers[name].ToString());
        return new StoredAnswer(http.Response.StatusCode, headers, sent.ToArray());
    }

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = Status;
        foreach (var name in s_kept)
            if (Headers.TryGetValue(name, out var value))
                response.Headers[name] = value;
            else
                response.Headers.Remove(name);
        if (Body.Length == 0)
            return;
        response.ContentLength = Body.Length;
        await response.Body.WriteAsync(Body, httpContext.RequestAborted);
    }
}
