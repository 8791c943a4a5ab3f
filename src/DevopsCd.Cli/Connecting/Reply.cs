using System.Net;
using System.Text.Json;

namespace DevopsCd.Cli.Connecting;

/// <summary>What the service has answered.</summary>
/// <param name="Status">A status of success, or 304.</param>
/// <param name="Body">The body as it came; empty where there is none.</param>
/// <param name="Tag">The ETag with its quotes.</param>
internal sealed record Reply(HttpStatusCode Status, string Body, string? Tag)
{
    /// <summary>The bytes of a body that is no text.</summary>
    public byte[] Content { get; init; } = [];

    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>A member of the body as an answer of its own.</summary>
    /// <param name="member">Its name.</param>
    /// <param name="otherwise">What it is where there is none.</param>
    public Reply Part(string member, string otherwise) =>
        this with { Body = As<JsonElement>().TryGetProperty(member, out var part) ? part.GetRawText() : otherwise };

    /// <exception cref="CliException">The body is not what this version of the command line knows.</exception>
    public T As<T>()
    {
        try
        {
            return JsonSerializer.Deserialize<T>(Body, Json) ?? throw new JsonException("it is null");
        }
        catch (JsonException strange)
        {
            throw new CliException(ExitCodes.Failed,
                $"the answer of the service is not understood: {strange.Message}; is it another version? -o json shows it", strange);
        }
    }
}
