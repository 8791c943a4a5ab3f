using System.Net;

namespace DevopsCd.Core.Outbound;

/// <summary>What came back over HTTP.</summary>
internal sealed record HttpAnswer(HttpStatusCode Status, string Body, TimeSpan? RetryAfter)
{
    public bool IsSuccess => (int)Status is >= 200 and < 300;
}
