using System.Net;
using System.Text.Json;

namespace DevopsCd.Testing.Hosting;

/// <summary>What the host answered.</summary>
/// <param name="Status">The status; null when there was no answer, so that nobody knows whether it was done.</param>
/// <param name="Body">The body, if it was JSON.</param>
/// <param name="Text">Request and answer for messages.</param>
public sealed record CdAnswer(HttpStatusCode? Status, JsonElement Body, string Text)
{
    public bool IsSuccess => Status is { } status && (int)status is >= 200 and < 300;

    /// <summary>No answer, 429 or 5xx: worth another try.</summary>
    public bool IsUnavailable => Status is null or HttpStatusCode.TooManyRequests || (int)Status >= 500;

    public long Id => Body.GetProperty("id").GetInt64();

    public int State => Body.GetProperty("state").GetInt32();

    public CdAnswer Expect() => IsSuccess ? this : throw new InvalidOperationException(Text);

    public override string ToString() => Text;
}
