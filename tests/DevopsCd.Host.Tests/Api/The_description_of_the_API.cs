using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using DevopsCd.Host.Tests.Contracts;

namespace DevopsCd.Host.Tests.Api;

public sealed class The_description_of_the_API(ApiHost host)
{
    private static readonly JsonSerializerOptions s_readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public async Task Is_the_one_in_contracts() => ContractFiles.ShouldHold("openapi/host.json", (await Document()).ToJsonString(s_readable) + "\n");

    [Fact]
    public async Task Gives_every_route_a_name_of_its_own_and_a_summary()
    {
        var operations = await Operations();

        operations.Count.ShouldBeGreaterThan(15);
        foreach (var (route, operation) in operations)
        {
            ((string?)operation["operationId"]).ShouldNotBeNullOrEmpty(route);
            ((string?)operation["summary"]).ShouldNotBeNullOrEmpty(route);
        }
        operations.Values.Select(o => (string?)o["operationId"]).ShouldBeUnique();
    }

    [Theory]
    [InlineData("post /api/v1/batches")]
    [InlineData("get /api/v1/batches")]
    [InlineData("get /api/v1/batches/{id}")]
    [InlineData("get /api/v1/batches/{id}/events")]
    [InlineData("post /api/v1/batches/{id}/events/{batchEvent}")]
    [InlineData("put /api/v1/batches/{id}/releases/{app}")]
    [InlineData("post /api/v1/applications")]
    [InlineData("get /api/v1/applications")]
    [InlineData("put /api/v1/applications/{name}/targets/{stage}/{cluster}")]
    [InlineData("post /api/v1/builds")]
    [InlineData("get /api/v1/builds")]
    [InlineData("post /api/v1/scan")]
    [InlineData("post /api/v1/deployments/{operationId}/report")]
    public async Task Holds_what_the_specification_names(string route) => (await Operations()).Keys.ShouldContain(route);

    private async Task<JsonNode> Document() => JsonNode.Parse((await host.Get("/openapi/v1.json")).Text)!;

    private async Task<Dictionary<string, JsonNode>> Operations() => (await Document())["paths"]!.AsObject()
        .SelectMany(path => path.Value!.AsObject().Select(method => ($"{method.Key} {path.Key.TrimEnd('/')}", method.Value!)))
        .ToDictionary(o => o.Item1, o => o.Item2);
}
