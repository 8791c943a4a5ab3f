using System.Net;
using System.Text.Json;

namespace DevopsCd.Host.Tests.Api;

/// <summary>What the host answered.</summary>
public sealed record Reply(HttpStatusCode Status, string? Type, string? ETag, string Text)
{
    public string? Location { get; init; }

    public long? Length { get; init; }

    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    public string Detail => Json.TryGetProperty("detail", out var detail) ? detail.GetString()! : "";

    /// <summary>The stable type of a problem.</summary>
    public string? Problem => Json.GetProperty("type").GetString();

    public IEnumerable<string> Fields => Json.TryGetProperty("errors", out var errors) ? errors.EnumerateObject().Select(e => e.Name) : [];

    /// <summary>An error as RFC 9457, that says nothing of the inside.</summary>
    public Reply ShouldBeProblem(HttpStatusCode status)
    {
        Status.ShouldBe(status, Text);
        Type.ShouldBe("application/problem+json", Text);
        Json.GetProperty("status").GetInt32().ShouldBe((int)status);
        Json.GetProperty("title").GetString().ShouldNotBeNullOrEmpty();
        Json.GetProperty("type").GetString().ShouldStartWith("urn:devopscd:");
        Json.GetProperty("traceId").GetString().ShouldNotBeNullOrEmpty();
        Text.ShouldNotContain("DevopsCd.");
        Text.ShouldNotContain("Exception");
        return this;
    }

    /// <summary>The same, and the detail is more than the status repeated.</summary>
    public Reply ShouldExplain(HttpStatusCode status, string detail)
    {
        ShouldBeProblem(status).Detail.ShouldContain(detail);
        return this;
    }
}
